using FunctionsMonitor.Storage.Sqlite;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

public sealed class SqliteContractTests
{
    [Fact]
    public void Every_implementation_of_the_embedded_store_is_held_to_its_contract() =>
        Assert.Empty(MetricsContracts.Untested(typeof(SqliteMetricsStore).Assembly, "FunctionsMonitor.Storage.Sqlite", typeof(SqliteContractTests).Assembly));

    [Fact]
    public void The_embedded_store_is_put_through_every_suite_of_the_flow() => Assert.Empty(FlowContracts.Missing(typeof(SqliteContractTests).Assembly));

    [Fact]
    public void There_is_no_implementation_but_those_that_a_test_project_looks_after() =>
        Assert.Empty(MetricsContracts.Elsewhere(typeof(SqliteMetricsStore).Assembly, "FunctionsMonitor.Storage.Sqlite", "FunctionsMonitor.Storage.Postgres"));
}
