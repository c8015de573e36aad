using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Flushing;
using FunctionsMonitor.TestSupport.Postgres;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace FunctionsMonitor.IntegrationTests.Postgres.WritePaths;

/// <summary>A database with a partition for <see cref="Now"/>, the three ways in, and segments to write.</summary>
internal sealed class PathDatabase : IAsyncDisposable
{
    private readonly FakeTimeProvider time = new(Now);
    private readonly TestSegments segments = new(Now);
    private readonly PostgresDatabase database;

    private PathDatabase(PostgresDatabase database) => this.database = database;

    public static DateTimeOffset Now { get; } = new(2026, 11, 24, 12, 0, 30, TimeSpan.Zero);

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public PostgresDatabase Server => database;

    public static async Task<PathDatabase> CreateAsync(PostgresFixture postgres)
    {
        var created = new PathDatabase(await postgres.CreateDatabaseAsync());
        await created.RunAsync(
            "CREATE TABLE monitoring.events_20261124 PARTITION OF monitoring.events FOR VALUES FROM ('2026-11-24 00:00Z') TO ('2026-11-25 00:00Z')");
        return created;
    }

    /// <summary>One of the three ways in; as superuser unless it is somebody else's.</summary>
    public PostgresWritePath Path(string name, NpgsqlDataSource? source = null) => Ways.Open(name, source ?? database.Source, time);

    public static FlushBatch Batch(params DecodedSegment[] segments) => new(
        Guid.CreateVersion7(Now), segments, EventTime.ToMicroseconds(Now.AddDays(-30)), Now)
    { DeadLetterRoom = 100_000 };

    public async Task<IReadOnlyList<SegmentOutcome>> WriteAsync(string path, params DecodedSegment[] segments) =>
        await Path(path).WriteAsync(Batch(segments), Token);

    public Task RunAsync(string sql) => database.RunAsync(sql);

    public Task<long> CountAsync(string table) => database.ScalarAsync<long>($"SELECT count(*) FROM {table}");

    public Task<string> TextAsync(string query) => database.ScalarAsync<string>(query);

    /// <summary>Nothing at all was kept.</summary>
    public async Task AssertEmptyAsync()
    {
        foreach (var table in (string[])["events", "dead_letters", "flushed_segments", "validation_metrics"])
            Assert.Equal((table, 0L), (table, await CountAsync($"monitoring.{table}")));
    }

    public DecodedSegment Segment(params MonitoringEvent[] events) => segments.Next(events);

    public DecodedSegment Segment(IReadOnlyList<MonitoringEvent> events, IReadOnlyList<RejectedTotal> rejected, params IReadOnlyList<long> abandoned) =>
        segments.Next(events, abandoned, rejected);

    public MonitoringEvent[] Events(int count) => [.. Enumerable.Range(0, count).Select(_ => Event())];

    public MonitoringEvent Event(
        string data = """{"n":1}""", string type = "test.event", string source = "tests", TimeSpan offset = default,
        EventMarks marks = EventMarks.Validated, string? metadata = null) => segments.Event(data, type, source, null, offset, marks, metadata);

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
