using FunctionsMonitor.Operations;
using FunctionsMonitor.Storage.Sqlite;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

public sealed class SqliteStateStoreTests : IDisposable
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("functionsmonitor-state-");
    private readonly SqliteDatabase database;
    private readonly SqliteStateStore store;

    public SqliteStateStoreTests()
    {
        database = new(Path.Combine(folder.FullName, "state", "state.db"), StateSchema.Migrations, TimeSpan.FromSeconds(5), TimeProvider.System);
        store = new(database);
    }

    public void Dispose()
    {
        database.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_operator_log_pages_newest_first_and_keeps_an_entry_once()
    {
        var entries = Enumerable.Range(0, 5).Select(i => new OperationEntry(
            Guid.CreateVersion7(TestDatabase.Now.AddSeconds(i)), TestDatabase.Now.AddSeconds(i), "ops", "isolate", "metrics-store", "done", "host")).ToList();
        foreach (var entry in entries.Append(entries[0]))
            await store.AppendAsync(entry, Token);

        var first = await store.ListAsync(null, 3, Token);
        var second = await store.ListAsync(first[^1].Id, 3, Token);
        Assert.Equal(Enumerable.Reverse(entries), first.Concat(second));
    }

    [Fact]
    public async Task The_last_flush_is_unknown_until_it_is_written_and_the_last_writer_wins()
    {
        Assert.Null(await store.ReadLastFlushAsync(Token));
        await store.WriteLastFlushAsync(TestDatabase.Now.AddYears(1), Token);
        await store.WriteLastFlushAsync(TestDatabase.Now, Token);
        Assert.Equal(TestDatabase.Now, await store.ReadLastFlushAsync(Token));
    }
}
