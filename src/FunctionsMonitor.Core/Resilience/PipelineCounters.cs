using DurableCircuitBreaker;
using Polly;

namespace FunctionsMonitor.Resilience;

/// <summary>
/// The counters of one run, from a pipeline's creation or reset to the next reset. A call counts into the run it began in,
/// so that a reset between its start and its end cannot unbalance the books.
/// </summary>
internal sealed class PipelineCounters(DateTimeOffset since)
{
    /// <summary>How Polly's callbacks find the run of the call they are about.</summary>
    public static readonly ResiliencePropertyKey<PipelineCounters> Key = new("FunctionsMonitor.Counters");

    private long _calls;
    private long _attempts;
    private long _retries;
    private long _successes;
    private long _failures;
    private long _rejections;
    private long _cancelled;
    private long _timeouts;
    private volatile string? _lastError;

    public void Call() => Interlocked.Increment(ref _calls);

    public void Attempt() => Interlocked.Increment(ref _attempts);

    public void Retry() => Interlocked.Increment(ref _retries);

    public void Success() => Interlocked.Increment(ref _successes);

    public void Failure() => Interlocked.Increment(ref _failures);

    public void Rejection() => Interlocked.Increment(ref _rejections);

    public void Cancellation() => Interlocked.Increment(ref _cancelled);

    public void Timeout() => Interlocked.Increment(ref _timeouts);

    public void Error(Exception exception) => _lastError = ErrorSummary.Of(exception);

    public PipelineMetrics ToMetrics(string name, BreakerSnapshot breaker) => new()
    {
        Name = name,
        Since = since,
        Breaker = breaker,
        Calls = Interlocked.Read(ref _calls),
        Attempts = Interlocked.Read(ref _attempts),
        Retries = Interlocked.Read(ref _retries),
        Successes = Interlocked.Read(ref _successes),
        Failures = Interlocked.Read(ref _failures),
        Rejections = Interlocked.Read(ref _rejections),
        Cancelled = Interlocked.Read(ref _cancelled),
        Timeouts = Interlocked.Read(ref _timeouts),
        LastError = _lastError,
    };
}
