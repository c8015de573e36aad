namespace DurableCircuitBreaker.Protocol;

/// <summary>What the store has under a breaker's name is no record that this version can read. It is left as it is.</summary>
internal sealed class RecordFormatException(string message, bool isNewer, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>A later version of this library wrote it: not even a reset by hand may replace it.</summary>
    public bool IsNewer { get; } = isNewer;

    /// <summary>The tag of what was read: whoever replaces it shall replace nothing else.</summary>
    public string? Tag { get; set; }
}
