using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Flushing;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Postgres;

/// <summary>Around the path that runs nearly always.</summary>
[ContractOf(typeof(PartitionedPath))]
public sealed class PartitionedPathContractTests(PostgresFixture postgres) : WritePathContract
{
    protected override async ValueTask<MetricsStoreBench> CreateAsync() =>
        await PostgresBench.CreateAsync(postgres, source => new PostgresRpcPath(source, TimeProvider.System));
}
