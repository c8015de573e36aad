namespace FunctionsMonitor.DeadLetters;

public enum ReplayState
{
    Running,

    /// <summary>For the metrics store's breaker: what is put back now would only make the buffer deeper.</summary>
    Waiting,

    /// <summary>All that fit the filter, up to the limit.</summary>
    Completed,

    /// <summary>Ended before that: cancelled, or its time was up. What was replayed stays replayed.</summary>
    Stopped,

    /// <summary>Ended by an error. What was replayed stays replayed.</summary>
    Failed,
}
