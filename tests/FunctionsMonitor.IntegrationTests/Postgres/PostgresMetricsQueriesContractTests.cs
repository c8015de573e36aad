using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Flushing;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Postgres;

[ContractOf(typeof(PostgresMetricsQueries))]
public sealed class PostgresMetricsQueriesContractTests(PostgresFixture postgres) : MetricsQueriesContract
{
    protected override async ValueTask<MetricsStoreBench> CreateAsync() => await PostgresBench.CreateAsync(postgres);
}
