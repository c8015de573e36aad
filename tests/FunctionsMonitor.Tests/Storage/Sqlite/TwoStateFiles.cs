using FunctionsMonitor.Storage.Sqlite;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

/// <summary>The state file as two processes have it open.</summary>
internal sealed class TwoStateFiles : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("functionsmonitor-state-");
    private readonly List<SqliteDatabase> databases = [];

    public TwoStateFiles() => (One, Other) = (new(Open()), new(Open()));

    public SqliteStateStore One { get; }

    public SqliteStateStore Other { get; }

    public void Dispose()
    {
        databases.ForEach(database => database.Dispose());
        folder.Delete(recursive: true);
    }

    private SqliteDatabase Open()
    {
        databases.Add(new(Path.Combine(folder.FullName, "state", "state.db"), StateSchema.Migrations, TimeSpan.FromSeconds(30), TimeProvider.System));
        return databases[^1];
    }
}
