using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Flushing;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Postgres;

[ContractOf(typeof(PostgresRpcPath))]
public sealed class PostgresRpcPathContractTests(PostgresFixture postgres) : WritePathContract
{
    protected override async ValueTask<MetricsStoreBench> CreateAsync() =>
        await PostgresBench.CreateAsync(postgres, source => new PostgresRpcPath(source, TimeProvider.System));
}
