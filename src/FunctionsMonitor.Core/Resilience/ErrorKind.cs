namespace FunctionsMonitor.Resilience;

/// <summary>What an error of a store means for what to do next.</summary>
public enum ErrorKind
{
    /// <summary>Connection lost, timeout, busy, full: retry, and count it for the breaker.</summary>
    Transient,

    /// <summary>This way into the store is closed: take the next write path, do not retry.</summary>
    Path,

    /// <summary>The store refused the data: find the events at fault.</summary>
    Data,
}
