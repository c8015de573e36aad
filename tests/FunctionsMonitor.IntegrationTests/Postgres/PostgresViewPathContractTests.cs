using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Flushing;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Postgres;

[ContractOf(typeof(PostgresViewPath))]
public sealed class PostgresViewPathContractTests(PostgresFixture postgres) : WritePathContract
{
    protected override async ValueTask<MetricsStoreBench> CreateAsync() =>
        await PostgresBench.CreateAsync(postgres, source => new PostgresViewPath(source, TimeProvider.System));
}
