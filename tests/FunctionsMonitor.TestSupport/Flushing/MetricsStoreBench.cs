using System.Text;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.TestSupport.Flushing;

/// <summary>An empty metrics store of a test's own, and a second way into it for looking and for doing it harm.</summary>
public abstract class MetricsStoreBench : IAsyncDisposable
{
    public static DateTimeOffset Now { get; } = new(2026, 11, 24, 12, 0, 30, TimeSpan.Zero);

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public TestSegments Segments { get; } = new(Now);

    public abstract IMetricsStore Store { get; }

    public abstract IMetricsQueries Queries { get; }

    public abstract IDeadLetterStore DeadLetters { get; }

    /// <summary>The way in that is looked at.</summary>
    public abstract IWritePath Path { get; }

    /// <summary>The same without what the store may have put around it.</summary>
    public virtual IWritePath BarePath => Path;

    /// <summary>What dead letters are told when a trigger refuses an event.</summary>
    public abstract string RefusalReason { get; }

    /// <summary>What dead letters are told when a trigger makes an event vanish.</summary>
    public abstract string VanishedReason { get; }

    /// <summary>Another process's way into the same store.</summary>
    public abstract IWritePath OpenOther();

    /// <summary>From now on a trigger refuses events of this source.</summary>
    public abstract Task RefuseAsync(string source, string message);

    /// <summary>From now on a trigger makes events of this source vanish without an error.</summary>
    public abstract Task SwallowAsync(string source);

    /// <summary>Runs a statement that means the same in every store; tables are named without their schema.</summary>
    public abstract Task RunAsync(string sql);

    /// <summary>Rows of a table, perhaps with a condition behind it.</summary>
    public abstract Task<long> CountAsync(string tableAndCondition);

    public static FlushBatch Batch(params DecodedSegment[] segments) =>
        new(Guid.CreateVersion7(Now), segments, EventTime.ToMicroseconds(Now.AddDays(-30)), Now);

    public ValueTask<IReadOnlyList<SegmentOutcome>> WriteAsync(params DecodedSegment[] segments) => WriteAsync(Batch(segments));

    public ValueTask<IReadOnlyList<SegmentOutcome>> WriteAsync(FlushBatch batch) => Path.WriteAsync(batch, Token);

    /// <summary>Nothing at all was kept.</summary>
    public async Task AssertEmptyAsync()
    {
        foreach (var table in new[] { "events", "dead_letters", "flushed_segments", "validation_metrics" })
            Assert.Equal((table, 0), (table, await CountAsync(table)));
    }

    public async Task<ValidationRollup> RollupAsync(string type = "test.event") =>
        (await Queries.ListValidationAsync(new(0, long.MaxValue, 0), Token)).Single(rollup => rollup.EventType == type);

    public static string Text(ReadOnlyMemory<byte>? bytes) => Encoding.UTF8.GetString(bytes!.Value.Span);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
