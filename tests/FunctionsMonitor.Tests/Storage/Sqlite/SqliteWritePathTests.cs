using FunctionsMonitor.Storage.Sqlite;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

[ContractOf(typeof(SqliteWritePath))]
public sealed class SqliteWritePathTests : WritePathContract
{
    protected override ValueTask<MetricsStoreBench> CreateAsync() => ValueTask.FromResult<MetricsStoreBench>(new SqliteBench());

    [Theory]
    [InlineData("\"nul \0 inside\"")]
    [InlineData("")]
    public async Task Data_that_is_no_JSON_keeps_its_bytes_too(string data)
    {
        using var db = new TestDatabase();
        await db.WriteAsync(db.Segments.Next(db.Segments.Event(data), db.Segments.Event() with { Data = null }));

        var stored = await db.Queries.ListEventsAsync(new() { Limit = 10 }, TestDatabase.Token);
        Assert.Equal(data, TestDatabase.Text(Assert.Single(stored, item => item.Data is not null).Data));
        Assert.All(stored, item => Assert.Null(item.Metadata));
    }

    [Fact]
    public async Task Empty_metadata_is_not_the_same_as_none()
    {
        using var db = new TestDatabase();
        var first = db.Segments.Event();
        var second = first with { Metadata = ReadOnlyMemory<byte>.Empty };
        var segment = db.Segments.Next(first, second);
        var outcome = Assert.Single(await db.WriteAsync(segment));

        Assert.Equal((1, 0, 1), (outcome.Stored, outcome.Duplicates, outcome.Dead));
        var letter = Assert.Single(await db.DeadLetters.ListAsync(new(), null, 10, TestDatabase.Token));
        Assert.Equal((segment.Header.Id, 1, "conflict", TestDatabase.Now), (letter.Id.SegmentId, letter.Id.Index, letter.Reason, letter.DiedAt));
        Assert.Equal(second.Data!.Value.ToArray(), letter.Event.Data!.Value.ToArray());
        Assert.Equal(second.Metadata?.Length, letter.Event.Metadata?.Length);
        Assert.Equal(1, (await db.RollupAsync()).Total);
    }

    [Fact]
    public async Task Cancellation_keeps_nothing_and_leaves_the_store_usable()
    {
        using var db = new TestDatabase();
        await db.Store.PrepareAsync(TestDatabase.Token);
        using var stop = new CancellationTokenSource();
        var segment = db.Segments.Next([.. Enumerable.Range(0, 5000).Select(_ => db.Segments.Event())]);

        // The trigger makes the 1,000th row endless: only an interrupt reaches it.
        await db.RunAsync(
            """
            CREATE TRIGGER slow BEFORE INSERT ON events WHEN (SELECT count(*) FROM events) = 1000
            BEGIN SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n); END
            """);
        stop.CancelAfter(TimeSpan.FromMilliseconds(300));
        var write = Task.Run(() => db.WriteAsync(TestDatabase.Batch(segment), token: stop.Token).AsTask(), TestDatabase.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.WaitAsync(TimeSpan.FromSeconds(30), TestDatabase.Token));

        db.AssertEmpty();
        await db.RunAsync("DROP TRIGGER slow");
        Assert.Equal(5000, Assert.Single(await db.WriteAsync(segment)).Stored);
    }
}
