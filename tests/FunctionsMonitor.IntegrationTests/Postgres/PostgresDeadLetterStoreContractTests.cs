using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Flushing;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Postgres;

[ContractOf(typeof(PostgresDeadLetterStore))]
public sealed class PostgresDeadLetterStoreContractTests(PostgresFixture postgres) : DeadLetterStoreContract
{
    protected override async ValueTask<MetricsStoreBench> CreateBenchAsync() => await PostgresBench.CreateAsync(postgres);
}
