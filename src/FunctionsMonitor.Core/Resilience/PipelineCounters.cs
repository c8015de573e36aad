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
    private long _calls;
    private long _attempts;
    private long _retries;
    private long _successes;
    private long _failures;
    private long _rejections;
    private long _cancelled;
    private long _timeouts;
    private volatile string? _lastError;

    /// <summary>The counters of the calls that go one way of several; they count for the whole as well, and are reset with it.</summary>
    public PipelineCounters Of(string path) => _paths.GetOrAdd(path, static (_, owner) => new PipelineCounters(owner.Since, owner), this);

    public void Call()
    {
        Interlocked.Increment(ref _calls);
        whole?.Call();
    }

    public void Attempt()
    {
        Interlocked.Increment(ref _attempts);
        whole?.Attempt();
    }

    public void Retry()
    {
        Interlocked.Increment(ref _retries);
        whole?.Retry();
    }

    public void Success()
    {
        Interlocked.Increment(ref _successes);
        whole?.Success();
    }

    public void Failure()
    {
        Interlocked.Increment(ref _failures);
        whole?.Failure();
    }

    public void Rejection()
    {
        Interlocked.Increment(ref _rejections);
        whole?.Rejection();
    }

    public void Cancellation()
    {
        Interlocked.Increment(ref _cancelled);
        whole?.Cancellation();
    }

    public void Timeout()
    {
        Interlocked.Increment(ref _timeouts);
        whole?.Timeout();
    }

    public void Error(Exception exception)
    {
        _lastError = ErrorSummary.Of(exception);
        whole?.Error(exception);
    }

    public PipelineMetrics ToMetrics(string name, BreakerSnapshot breaker) => new()
    {
        Name = name,
        Since = Since,
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
        Paths = [.. _paths.OrderBy(static path => path.Key, StringComparer.Ordinal).Select(static path => path.Value.ToPathMetrics(path.Key))],
    };

    private PathMetrics ToPathMetrics(string name) => new()
    {
        Name = name,
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

    private DateTimeOffset Since { get; } = since;
}
