using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Flushing;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Postgres;

[ContractOf(typeof(PostgresMetricsStore))]
public sealed class PostgresMetricsStoreContractTests(PostgresFixture postgres) : MetricsStoreContract
{
    protected override async ValueTask<MetricsStoreBench> CreateAsync() => await PostgresBench.CreateAsync(postgres);
}
