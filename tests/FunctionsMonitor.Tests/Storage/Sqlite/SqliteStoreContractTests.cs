using FunctionsMonitor.Storage.Sqlite;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

[ContractOf(typeof(SqliteMetricsStore))]
public sealed class SqliteStoreContractTests : MetricsStoreContract
{
    protected override ValueTask<MetricsStoreBench> CreateAsync() => ValueTask.FromResult<MetricsStoreBench>(new SqliteBench());
}
