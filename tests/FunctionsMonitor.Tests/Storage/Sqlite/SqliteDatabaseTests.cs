using FunctionsMonitor.Resilience;
using FunctionsMonitor.Storage.Sqlite;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

public sealed class SqliteDatabaseTests : IDisposable
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("functionsmonitor-schema-");

    private string File => Path.Combine(folder.FullName, "below", "test.db");

    public void Dispose() => folder.Delete(recursive: true);

    private SqliteDatabase Open(params string[] migrations) => new(File, migrations, TimeSpan.FromSeconds(30), TimeProvider.System);

    [Fact]
    public async Task Nothing_is_made_before_the_first_use()
    {
        using var database = Open("CREATE TABLE t (i INTEGER)");
        Assert.False(System.IO.File.Exists(File));
        Assert.Equal(0, await database.ReadAsync(connection => connection.Scalar<long>("SELECT count(*) FROM t"), Token));
        Assert.Equal("wal", await database.ReadAsync(connection => connection.Scalar<string>("PRAGMA journal_mode"), Token));
        Assert.Equal(2, await database.ReadAsync(connection => connection.Scalar<long>("PRAGMA synchronous"), Token));
    }

    [Fact]
    public async Task An_existing_file_gets_only_the_scripts_it_lacks_and_keeps_its_rows()
    {
        const string First = "CREATE TABLE t (i INTEGER); INSERT INTO t VALUES (1);";
        using (var database = Open(First))
            database.EnsureReady();
        using (var database = Open(First, "ALTER TABLE t ADD COLUMN j INTEGER DEFAULT 7"))
        {
            Assert.Equal(7, await database.ReadAsync(connection => connection.Scalar<long>("SELECT sum(j) FROM t"), Token));
            Assert.Equal(2, await database.ReadAsync(connection => connection.Scalar<long>("PRAGMA user_version"), Token));
        }
    }

    [Fact]
    public async Task A_script_that_fails_leaves_the_file_as_it_was()
    {
        const string First = "CREATE TABLE t (i INTEGER)";
        using (var database = Open(First, "CREATE TABLE u (i INTEGER)", "CREATE TABLE t (i INTEGER)"))
            Assert.ThrowsAny<Exception>(database.EnsureReady);
        using (var database = Open(First))
            Assert.Equal(1, await database.ReadAsync(connection => connection.Scalar<long>("SELECT count(*) FROM sqlite_master"), Token));
    }

    [Fact]
    public void A_newer_schema_is_refused_and_left_alone()
    {
        using (var newer = Open("CREATE TABLE t (i INTEGER)", "CREATE TABLE u (i INTEGER)"))
            newer.EnsureReady();
        using var database = Open("CREATE TABLE t (i INTEGER)");
        var exception = Assert.Throws<SchemaVersionException>(database.EnsureReady);

        Assert.Contains($"{File} has schema version 2; this program knows versions up to 1.", exception.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.Path, SqliteErrors.Classify(exception));
    }

    [Fact]
    public async Task Many_first_users_at_once_make_one_schema()
    {
        using var start = new Barrier(8);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            using var database = Open("CREATE TABLE t (i INTEGER)");
            start.SignalAndWait(Token);
            database.EnsureReady();
        })));
        using var last = Open("CREATE TABLE t (i INTEGER)");
        Assert.Equal(1, await last.ReadAsync(connection => connection.Scalar<long>("PRAGMA user_version"), Token));
    }

    [Fact]
    public async Task Whatever_is_thrown_nothing_is_kept_and_the_next_writer_gets_in()
    {
        using var database = Open("CREATE TABLE t (i INTEGER)");
        await Assert.ThrowsAsync<InvalidDataException>(() => database.WriteAsync<int>(
            connection =>
            {
                connection.Execute("INSERT INTO t VALUES (1)");
                throw new InvalidDataException();
            },
            Token).AsTask());
        Assert.Equal(1, await database.WriteAsync(connection => connection.Execute("INSERT INTO t VALUES (2)"), Token));
        Assert.Equal(2, await database.ReadAsync(connection => connection.Scalar<long>("SELECT sum(i) FROM t"), Token));
    }
}
