namespace FunctionsMonitor.Resilience;

/// <summary>What an error of a store or a service asks for. The three are never mixed; every store classifies its own errors.</summary>
public enum ErrorKind
{
    /// <summary>Nobody answered, or the answer was "later": retried, and a failure to the breaker.</summary>
    Transient,

    /// <summary>This way in is closed (no such function, no privilege): the next write path, no retry. The server answered.</summary>
    Path,

    /// <summary>The data is at fault: narrowed down and dead-lettered, no retry. The server answered.</summary>
    Data,
}
