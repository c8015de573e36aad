using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

internal sealed class SqliteBench : MetricsStoreBench
{
    private readonly TestDatabase database = new();

    public override IMetricsStore Store => database.Store;

    public override IMetricsQueries Queries => database.Queries;

    public override IDeadLetterStore DeadLetters => database.DeadLetters;

    public override IWritePath Path => database.Store.WritePaths.Single();

    public override string RefusalReason => "sqlite_constraint_trigger";

    public override string VanishedReason => "sqlite_ignored";

    public override IWritePath OpenOther() => database.OpenStore().WritePaths.Single();

    public override Task RefuseAsync(string source, string message) => RunAsync(
        $"CREATE TRIGGER picky BEFORE INSERT ON events WHEN new.source = '{source}' BEGIN SELECT RAISE(ABORT, '{message}'); END");

    public override Task SwallowAsync(string source) => RunAsync(
        $"CREATE TRIGGER hole BEFORE INSERT ON events WHEN new.source = '{source}' BEGIN SELECT RAISE(IGNORE); END");

    public override Task RunAsync(string sql) => database.RunAsync(sql);

    public override Task<long> CountAsync(string tableAndCondition) => Task.FromResult(database.Count(tableAndCondition));

    public override ValueTask DisposeAsync()
    {
        database.Dispose();
        return base.DisposeAsync();
    }
}
