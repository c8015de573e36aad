using FunctionsMonitor.Idempotency;
using FunctionsMonitor.Storage.Sqlite;
using FunctionsMonitor.TestSupport.Idempotency;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

public sealed class SqliteIdempotencyStoreTests : IdempotencyStoreContract, IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("functionsmonitor-idempotency-");
    private readonly List<SqliteDatabase> databases = [];

    public void Dispose()
    {
        databases.ForEach(database => database.Dispose());
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_purge_deletes_more_than_a_page_and_finds_them_by_an_index()
    {
        var database = Open();
        var store = new SqliteIdempotencyStore(database);
        await database.WriteAsync(
            connection => connection.Execute(
                """
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
                INSERT INTO idempotency (key_id, body_hash, received_at, expires_at) SELECT randomblob(32), x'00', 1, i FROM n
                """),
            TestContext.Current.CancellationToken);

        Assert.Equal(new(2400, IsComplete: true), await store.PurgeAsync(2400, TestContext.Current.CancellationToken));
        var plan = await database.ReadAsync(
            connection => connection.Query(
                "EXPLAIN QUERY PLAN SELECT rowid FROM idempotency WHERE expires_at <= 1 LIMIT 10", row => row.GetString(3)),
            TestContext.Current.CancellationToken);
        Assert.Contains("idempotency_by_expiry", Assert.Single(plan), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_the_version_before_is_brought_up_to_date_and_keeps_what_it_had()
    {
        using (var old = new SqliteDatabase(FilePath, [.. StateSchema.Migrations.Take(1)], TimeSpan.FromSeconds(5), TimeProvider.System))
            await new SqliteStateStore(old).WriteLastFlushAsync(TestDatabase.Now, TestContext.Current.CancellationToken);

        var database = Open();
        Assert.True(await new SqliteIdempotencyStore(database).TryCreateAsync(NewRecord(), TestContext.Current.CancellationToken));
        Assert.Equal(TestDatabase.Now, await new SqliteStateStore(database).ReadLastFlushAsync(TestContext.Current.CancellationToken));
    }

    protected override ValueTask<(IIdempotencyStore One, IIdempotencyStore Other)> CreateAsync() =>
        ValueTask.FromResult<(IIdempotencyStore, IIdempotencyStore)>((new SqliteIdempotencyStore(Open()), new SqliteIdempotencyStore(Open())));

    private string FilePath => Path.Combine(folder.FullName, "state", "state.db");

    private SqliteDatabase Open()
    {
        var database = new SqliteDatabase(FilePath, StateSchema.Migrations, TimeSpan.FromSeconds(30), TimeProvider.System);
        databases.Add(database);
        return database;
    }
}
