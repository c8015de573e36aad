using System.Diagnostics.Metrics;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Resilience;

namespace FunctionsMonitor.Telemetry;

/// <summary>
/// What this instance tells whoever collects metrics, under the names of <c>docs/operations.md</c>. Nothing is computed while nobody listens.
/// Pipelines have Polly's own meter, <c>Polly</c>, beside it.
/// </summary>
public sealed class MonitorMeter : IDisposable
{
    public const string MeterName = "FunctionsMonitor";
    private readonly Meter meter;
    private readonly Counter<long> accepted;
    private readonly Counter<long> rejected;
    private readonly Counter<long> stored;
    private readonly Counter<long> duplicates;
    private readonly Counter<long> deadLettered;
    private readonly Counter<long> expired;
    private readonly Counter<long> quarantined;
    private readonly Histogram<double> duration;

    public MonitorMeter(BufferDepthMonitor depth, FlagManager flags, PipelineRegistry pipelines, LedgerWatch ledger, TimeProvider time)
    {
        // The scope tells the meters of several hosts in one process apart.
        meter = new Meter(new MeterOptions(MeterName) { Scope = this, Version = typeof(MonitorMeter).Assembly.GetName().Version?.ToString(3) });
        accepted = Counter("functionsmonitor.events.accepted", "Events acknowledged: durable, and not yet in the metrics store.");
        rejected = Counter("functionsmonitor.events.rejected", "Events refused by the validation.");
        stored = Counter("functionsmonitor.events.stored", "Events written to the metrics store.");
        duplicates = Counter("functionsmonitor.events.duplicates", "Events that were stored before.");
        deadLettered = Counter("functionsmonitor.events.dead_lettered", "Events that could not be stored as they are.");
        expired = Counter("functionsmonitor.events.expired", "Events older than the retention when they were flushed.");
        quarantined = meter.CreateCounter<long>(
            "functionsmonitor.segments.quarantined", "{segment}", "Unreadable segments moved out of the buffer.");
        duration = meter.CreateHistogram<double>("functionsmonitor.flush.duration", "s", "How long a flush took.");

        meter.CreateObservableGauge("functionsmonitor.buffer.segments", () => depth.Current.Segments, "{segment}", "Segments that wait to be flushed.");
        meter.CreateObservableGauge("functionsmonitor.buffer.events", () => depth.Current.Events, "{event}", "Events that wait to be flushed.");
        meter.CreateObservableGauge("functionsmonitor.buffer.size", () => depth.Current.Bytes, "By", "Bytes that wait to be flushed.");
        meter.CreateObservableGauge(
            "functionsmonitor.buffer.oldest_age", () => Age(depth.Current, time).TotalSeconds, "s", "Age of the oldest segment that waits; 0 when none does.");
        meter.CreateObservableGauge(
            "functionsmonitor.flush.overdue",
            () => flags.Current is { PersistenceEnabled: true } on ? Math.Max(0, (Age(depth.Current, time) - on.FlushInterval).TotalSeconds) : 0,
            "s", "How much longer the oldest segment waits than the flush interval allows.");
        meter.CreateObservableGauge(
            "functionsmonitor.breaker.blocking", () => pipelines.List().Select(Blocking), "1", "1 while a breaker turns calls of this instance away.");
        meter.CreateObservableGauge(
            "functionsmonitor.ledger.unbalanced", () => ledger.Last is { } last ? [new Measurement<int>(last.Balanced ? 0 : 1)] : (Measurement<int>[])[], "1",
            "1 while the books do not add up; nothing before this instance drew them up.");
    }

    /// <summary>A request was answered.</summary>
    public void Ingested(int acceptedEvents, int rejectedEvents)
    {
        if (acceptedEvents > 0)
            accepted.Add(acceptedEvents);
        if (rejectedEvents > 0)
            rejected.Add(rejectedEvents);
    }

    /// <summary>A flush ended, one way or another.</summary>
    public void Flushed(FlushReport report)
    {
        duration.Record(
            report.Duration.TotalSeconds,
            new KeyValuePair<string, object?>("outcome", report.Outcome.ToString().ToLowerInvariant()),
            new KeyValuePair<string, object?>("trigger", report.Trigger),
            new KeyValuePair<string, object?>("path", report.Path));
        Add(stored, report.Stored);
        Add(duplicates, report.Duplicates);
        Add(deadLettered, report.Dead);
        Add(expired, report.Expired);
        Add(quarantined, report.Quarantined);
    }

    public void Dispose() => meter.Dispose();

    private static void Add(Counter<long> counter, long value)
    {
        if (value > 0)
            counter.Add(value);
    }

    private static TimeSpan Age(BufferDepth depth, TimeProvider time) => depth.OldestAt is { } oldest ? time.GetUtcNow() - oldest : TimeSpan.Zero;

    private static Measurement<int> Blocking(MonitorPipeline pipeline) =>
        new(pipeline.Breaker.IsPassing ? 0 : 1, new KeyValuePair<string, object?>("breaker", pipeline.Name));

    private Counter<long> Counter(string name, string description) => meter.CreateCounter<long>(name, "{event}", description);
}
