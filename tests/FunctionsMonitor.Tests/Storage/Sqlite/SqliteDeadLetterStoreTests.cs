using FunctionsMonitor.Storage.Sqlite;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

[ContractOf(typeof(SqliteDeadLetterStore))]
public sealed class SqliteDeadLetterStoreTests : DeadLetterStoreContract
{
    protected override ValueTask<MetricsStoreBench> CreateBenchAsync() => ValueTask.FromResult<MetricsStoreBench>(new SqliteBench());
}
