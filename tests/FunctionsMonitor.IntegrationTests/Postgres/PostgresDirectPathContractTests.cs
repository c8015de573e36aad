using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Flushing;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Postgres;

[ContractOf(typeof(PostgresDirectPath))]
public sealed class PostgresDirectPathContractTests(PostgresFixture postgres) : WritePathContract
{
    protected override async ValueTask<MetricsStoreBench> CreateAsync() =>
        await PostgresBench.CreateAsync(postgres, source => new PostgresDirectPath(source, TimeProvider.System));
}
