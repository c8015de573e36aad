using System.Collections.Concurrent;
using DurableCircuitBreaker;
using Polly;

namespace FunctionsMonitor.Resilience;

/// <summary>
/// The counters of one run, from a pipeline's creation or reset to the next reset. A call counts into the run it began in,
/// so that a reset between its start and its end cannot unbalance the books.
/// </summary>
/// <param name="since">When the run began.</param>
/// <param name="whole">Where everything is counted too; null for the pipeline's own.</param>
internal sealed class PipelineCounters(DateTimeOffset since, PipelineCounters? whole = null)
{
    /// <summary>How Polly's callbacks find the run of the call they are about.</summary>
    public static readonly ResiliencePropertyKey<PipelineCounters> Key = new("FunctionsMonitor.Counters");

    private readonly ConcurrentDictionary<string, PipelineCounters> _paths = new(StringComparer.Ordinal);
    private readonly long[] _counts = new long[(int)Counted.Timeouts + 1];
    private readonly DateTimeOffset _since = since;
    private readonly PipelineCounters? _whole = whole;
    private volatile string? _lastError;

    private enum Counted
    {
        Calls,
        Attempts,
        Retries,
        Successes,
        Failures,
        Rejections,
        Cancelled,
        Timeouts,
    }

    /// <summary>The counters of the calls that go one way of several; they count for the whole as well, and are reset with it.</summary>
    public PipelineCounters Of(string path) => _paths.GetOrAdd(path, static (_, owner) => new PipelineCounters(owner._since, owner), this);

    public void Call() => Count(Counted.Calls);

    public void Attempt() => Count(Counted.Attempts);

    public void Retry() => Count(Counted.Retries);

    public void Success() => Count(Counted.Successes);

    public void Failure() => Count(Counted.Failures);

    public void Rejection() => Count(Counted.Rejections);

    public void Cancellation() => Count(Counted.Cancelled);

    public void Timeout() => Count(Counted.Timeouts);

    public void Error(Exception exception)
    {
        var summary = ErrorSummary.Of(exception);
        for (var one = this; one is not null; one = one._whole)
            one._lastError = summary;
    }

    public PipelineMetrics ToMetrics(string name, BreakerSnapshot breaker) => new()
    {
        Name = name,
        Since = _since,
        Breaker = breaker,
        Calls = Read(Counted.Calls),
        Attempts = Read(Counted.Attempts),
        Retries = Read(Counted.Retries),
        Successes = Read(Counted.Successes),
        Failures = Read(Counted.Failures),
        Rejections = Read(Counted.Rejections),
        Cancelled = Read(Counted.Cancelled),
        Timeouts = Read(Counted.Timeouts),
        LastError = _lastError,
        Paths = [.. _paths.OrderBy(static path => path.Key, StringComparer.Ordinal).Select(static path => path.Value.ToPathMetrics(path.Key))],
    };

    private PathMetrics ToPathMetrics(string name) => new()
    {
        Name = name,
        Calls = Read(Counted.Calls),
        Attempts = Read(Counted.Attempts),
        Retries = Read(Counted.Retries),
        Successes = Read(Counted.Successes),
        Failures = Read(Counted.Failures),
        Rejections = Read(Counted.Rejections),
        Cancelled = Read(Counted.Cancelled),
        Timeouts = Read(Counted.Timeouts),
        LastError = _lastError,
    };

    private void Count(Counted what)
    {
        for (var one = this; one is not null; one = one._whole)
            Interlocked.Increment(ref one._counts[(int)what]);
    }

    private long Read(Counted what) => Interlocked.Read(ref _counts[(int)what]);
}
