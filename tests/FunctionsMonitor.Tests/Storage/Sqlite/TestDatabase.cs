using System.Text;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

/// <summary>The metrics store on a file of its own, and a second way into that file for doing it harm.</summary>
internal sealed class TestDatabase : IDisposable
{
    private readonly List<SqliteDatabase> databases = [];

    public TestDatabase()
    {
        Segments = new TestSegments(Now);
        (Store, Queries, DeadLetters) = (OpenStore(), new SqliteMetricsQueries(databases[0]), new SqliteDeadLetterStore(databases[0]));
    }

    public static DateTimeOffset Now { get; } = new(2026, 11, 24, 12, 0, 30, TimeSpan.Zero);

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public string Folder { get; } = Directory.CreateTempSubdirectory("functionsmonitor-sqlite-").FullName;

    public string File => Path.Combine(Folder, "metrics.db");

    /// <summary>Of the store's own pool.</summary>
    public string ConnectionString => databases[0].ConnectionString;

    public TestSegments Segments { get; }

    public SqliteMetricsStore Store { get; }

    public SqliteMetricsQueries Queries { get; }

    public SqliteDeadLetterStore DeadLetters { get; }

    /// <summary>Another process's store on the same file.</summary>
    public SqliteMetricsStore OpenStore(TimeSpan? busyTimeout = null, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        var database = new SqliteDatabase(File, MetricsSchema.Migrations, busyTimeout ?? TimeSpan.FromSeconds(30), time);
        databases.Add(database);
        return new SqliteMetricsStore(database, time);
    }

    public static FlushBatch Batch(params DecodedSegment[] segments) => new(
        Guid.CreateVersion7(Now), segments, EventTime.ToMicroseconds(Now.AddDays(-30)), Now);

    public ValueTask<IReadOnlyList<SegmentOutcome>> WriteAsync(params DecodedSegment[] segments) => WriteAsync(Batch(segments));

    public ValueTask<IReadOnlyList<SegmentOutcome>> WriteAsync(FlushBatch batch, SqliteMetricsStore? store = null, CancellationToken? token = null) =>
        (store ?? Store).WritePaths.Single().WriteAsync(batch, token ?? Token);

    /// <summary>The second way in; not pooled, so that it is gone when disposed of.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        return connection;
    }

    public async Task RunAsync(string sql)
    {
        await Store.PrepareAsync(Token);
        using var connection = Connect();
        connection.Execute(sql);
    }

    public long Count(string table)
    {
        using var connection = Connect();
        return connection.Scalar<long>($"SELECT count(*) FROM {table}");
    }

    /// <summary>Nothing at all was kept.</summary>
    public void AssertEmpty() => Assert.Equal(
        (0L, 0L, 0L, 0L), (Count("events"), Count("dead_letters"), Count("flushed_segments"), Count("validation_metrics")));

    public async Task<ValidationRollup> RollupAsync(string type = "test.event") =>
        (await Queries.ListValidationAsync(new(0, long.MaxValue, 0), Token)).Single(rollup => rollup.EventType == type);

    public static string Text(ReadOnlyMemory<byte>? bytes) => Encoding.UTF8.GetString(bytes!.Value.Span);

    /// <summary>Lets go of the file.</summary>
    public void Close() => databases.ForEach(database => database.Dispose());

    public void Dispose()
    {
        Close();
        Directory.Delete(Folder, recursive: true);
    }
}
