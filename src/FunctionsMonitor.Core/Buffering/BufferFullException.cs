namespace FunctionsMonitor.Buffering;

/// <summary>The buffer is over its cap; nothing was taken. It never drops instead.</summary>
public sealed class BufferFullException(string message, TimeSpan retryAfter) : Exception(message)
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}
