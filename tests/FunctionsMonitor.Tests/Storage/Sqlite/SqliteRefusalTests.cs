using FunctionsMonitor.Resilience;
using FunctionsMonitor.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

/// <summary>What the store does when it is refused: one bad row, a bad table, or no answer at all.</summary>
public sealed class SqliteRefusalTests
{
    [Fact]
    public async Task A_row_that_fails_a_check_is_named_by_the_constraint()
    {
        using var db = new TestDatabase();
        await db.RunAsync("ALTER TABLE events ADD COLUMN extra INTEGER CHECK (source <> 'poison')");
        await db.WriteAsync(db.Segments.Next(db.Segments.Event(), db.Segments.Event(source: "poison")));

        Assert.Equal("sqlite_constraint_check", Assert.Single(await db.DeadLetters.ListAsync(new(), null, 10, TestDatabase.Token)).Reason);
        Assert.Equal(1, db.Count("events"));
    }

    [Theory]
    [InlineData("CREATE TRIGGER none BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'closed'); END")]
    [InlineData("CREATE TRIGGER none BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END")]
    [InlineData("CREATE TRIGGER none BEFORE INSERT ON events WHEN new.source = 'poison' BEGIN SELECT RAISE(ROLLBACK, 'closed'); END")]
    [InlineData("CREATE TRIGGER quota BEFORE INSERT ON events WHEN (SELECT count(*) FROM events) >= 1 BEGIN SELECT RAISE(ABORT, 'full'); END")]
    [InlineData("ALTER TABLE events ADD COLUMN more TEXT CHECK (more IS NOT NULL) ")]
    [InlineData("ALTER TABLE events RENAME COLUMN marks TO flags")]
    [InlineData("DROP TABLE events")]
    public async Task When_the_table_is_at_fault_nothing_is_dead_lettered_and_nothing_kept(string harm)
    {
        using var db = new TestDatabase();
        await db.RunAsync(harm);
        var segment = db.Segments.Next(db.Segments.Event(), db.Segments.Event(source: "poison"), db.Segments.Event());

        var exception = await Assert.ThrowsAnyAsync<Exception>(() => db.WriteAsync(segment).AsTask());

        Assert.Equal(ErrorKind.Path, db.Store.Classify(exception));
        Assert.Equal((0L, 0L), (db.Count("dead_letters"), db.Count("flushed_segments")));
        if (!harm.StartsWith("DROP", StringComparison.Ordinal))
            db.AssertEmpty();
    }

    [Fact]
    public async Task A_lock_held_elsewhere_is_transient_after_the_busy_timeout()
    {
        using var db = new TestDatabase();
        var time = new FakeTimeProvider();
        var store = db.OpenStore(TimeSpan.FromSeconds(2), time);
        await store.PrepareAsync(TestDatabase.Token);
        using var other = db.Connect();
        other.Execute("BEGIN IMMEDIATE");

        var segment = db.Segments.Next(db.Segments.Event());
        var write = db.WriteAsync(TestDatabase.Batch(segment), store).AsTask();
        time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(write.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        var exception = await Assert.ThrowsAsync<SqliteException>(() => write);

        Assert.Equal((5, ErrorKind.Transient), (exception.SqliteErrorCode, store.Classify(exception)));
        other.Execute("ROLLBACK");
        db.AssertEmpty();
        Assert.Equal(1, Assert.Single(await db.WriteAsync(TestDatabase.Batch(segment), store)).Stored);
    }

    [Fact]
    public async Task Waiting_for_a_lock_can_be_cancelled_and_readers_do_not_wait()
    {
        using var db = new TestDatabase();
        await db.WriteAsync(db.Segments.Next(db.Segments.Event()));
        using var other = db.Connect();
        other.Execute("BEGIN IMMEDIATE");
        other.Execute("DELETE FROM events");

        Assert.Single(await db.Queries.ListEventsAsync(new() { Limit = 10 }, TestDatabase.Token));
        using var stop = new CancellationTokenSource();
        var write = db.WriteAsync(TestDatabase.Batch(db.Segments.Next(db.Segments.Event())), token: stop.Token).AsTask();
        Assert.False(write.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
    }

    [Fact]
    public async Task A_full_database_keeps_everything_out_and_is_transient()
    {
        using var db = new TestDatabase();
        await db.Store.PrepareAsync(TestDatabase.Token);
        var segment = db.Segments.Next([.. Enumerable.Range(0, 500).Select(_ => db.Segments.Event(data: $"\"{new string('x', 5000)}\""))]);

        // The page limit belongs to a connection; the pool hands this one to the store.
        using (var pooled = new SqliteConnection(db.ConnectionString))
        {
            pooled.Open();
            Assert.Equal(60, pooled.Scalar<long>("PRAGMA max_page_count = 60"));
        }

        var exception = await Assert.ThrowsAsync<SqliteException>(() => db.WriteAsync(segment).AsTask());
        Assert.Equal((13, ErrorKind.Transient), (exception.SqliteErrorCode, db.Store.Classify(exception)));
        db.AssertEmpty();

        using (var pooled = new SqliteConnection(db.ConnectionString))
        {
            pooled.Open();
            pooled.Execute("PRAGMA max_page_count = 1000000");
        }

        Assert.Equal(500, Assert.Single(await db.WriteAsync(segment)).Stored);
    }

    [Theory]
    [InlineData(0, 26)]
    [InlineData(4096, 11)]
    public async Task A_file_that_was_overwritten_is_transient_and_dead_letters_nothing(int from, int code)
    {
        using var db = new TestDatabase();
        await db.RunAsync("PRAGMA wal_checkpoint(TRUNCATE)");
        db.Close();
        var bytes = await File.ReadAllBytesAsync(db.File, TestDatabase.Token);
        Array.Fill(bytes, (byte)0x5A, from, bytes.Length - from);
        await File.WriteAllBytesAsync(db.File, bytes, TestDatabase.Token);

        var store = db.OpenStore();
        var exception = await Assert.ThrowsAsync<SqliteException>(
            () => db.WriteAsync(TestDatabase.Batch(db.Segments.Next(db.Segments.Event())), store).AsTask());

        Assert.Equal((code, ErrorKind.Transient), (exception.SqliteErrorCode, store.Classify(exception)));
    }

    [Fact]
    public async Task A_file_cut_short_under_the_store_is_transient()
    {
        using var db = new TestDatabase();
        await db.WriteAsync(db.Segments.Next([.. Enumerable.Range(0, 2000).Select(_ => db.Segments.Event())]));
        await db.RunAsync("PRAGMA wal_checkpoint(TRUNCATE)");
        db.Close();
        await using (var file = File.OpenWrite(db.File))
            file.SetLength(3 * 4096);

        var store = db.OpenStore();
        var exception = await Assert.ThrowsAsync<SqliteException>(
            () => db.WriteAsync(TestDatabase.Batch(db.Segments.Next(db.Segments.Event())), store).AsTask());
        Assert.Equal(ErrorKind.Transient, store.Classify(exception));
    }

    [Fact]
    public async Task A_deleted_file_is_made_again_and_nothing_goes_into_the_old_one()
    {
        using var db = new TestDatabase();
        await db.WriteAsync(db.Segments.Next(db.Segments.Event()));
        foreach (var file in Directory.GetFiles(db.Folder))
            File.Delete(file);

        await db.WriteAsync(db.Segments.Next(db.Segments.Event()));
        Assert.Equal(1, db.Count("events"));
    }
}
