namespace FunctionsMonitor.Flushing;

public enum FlushOutcome
{
    /// <summary>Everything that was pending at the start is stored.</summary>
    Completed,

    /// <summary>Something was left: the time was up, a segment was passed over, or another flush came in between.</summary>
    Partial,

    /// <summary>Nothing was pending.</summary>
    Empty,

    /// <summary><c>MONITORING_METRICS_PERSISTENCE</c> is off.</summary>
    Disabled,

    /// <summary>The store refused or could not be reached; the segments stay.</summary>
    Failed,

    /// <summary>Asked to stop; what was committed is committed, the rest stays.</summary>
    Cancelled,
}
