namespace FunctionsMonitor.Buffering;

/// <summary>The segment could not be made durable, or nobody can tell; the events are not acknowledged.</summary>
public sealed class BufferUnavailableException(string code, string message, TimeSpan retryAfter, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Nothing was written.</summary>
    public const string Unavailable = "buffer_unavailable";

    /// <summary>It may have been written: sending again without an <c>event_id</c> may store the events twice.</summary>
    public const string OutcomeUnknown = "outcome_unknown";

    public string Code { get; } = code;

    public TimeSpan RetryAfter { get; } = retryAfter;
}
