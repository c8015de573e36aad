namespace FunctionsMonitor.Flushing;

/// <summary>Another flush is running; <see cref="RunningFlushId"/> names it when it is known.</summary>
public sealed class FlushInProgressException(Guid? runningFlushId, DateTimeOffset? since)
    : Exception(runningFlushId is { } id ? $"Flush {id} is running since {since:O}." : "Another instance is flushing.")
{
    public Guid? RunningFlushId { get; } = runningFlushId;

    public DateTimeOffset? Since { get; } = since;
}
