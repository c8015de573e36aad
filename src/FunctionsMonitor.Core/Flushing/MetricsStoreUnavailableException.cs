namespace FunctionsMonitor.Flushing;

/// <summary>The metrics store cannot answer now. Ingest is not concerned.</summary>
public sealed class MetricsStoreUnavailableException(string message, TimeSpan retryAfter, Exception? innerException = null)
    : Exception(message, innerException)
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}
