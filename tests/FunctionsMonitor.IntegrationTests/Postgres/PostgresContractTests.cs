using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Flows;
using FunctionsMonitor.TestSupport.Flushing;

namespace FunctionsMonitor.IntegrationTests.Postgres;

public sealed class PostgresContractTests
{
    [Fact]
    public void Every_implementation_of_the_PostgreSQL_store_is_held_to_its_contract() =>
        Assert.Empty(MetricsContracts.Untested(typeof(PostgresMetricsStore).Assembly, "FunctionsMonitor.Storage.Postgres", typeof(PostgresContractTests).Assembly));

    [Fact]
    public void The_PostgreSQL_store_is_put_through_every_suite_of_the_flow() => Assert.Empty(FlowContracts.Missing(typeof(PostgresContractTests).Assembly));
}
