namespace FunctionsMonitor.Events;

/// <summary>What a stored record says about its event, one bit each.</summary>
[Flags]
public enum EventMarks : byte
{
    None = 0,

    /// <summary>Validation was on when the event was received.</summary>
    Validated = 1,

    /// <summary>Validation found at least one error.</summary>
    Failed = 2,

    /// <summary>The event came back from a dead letter.</summary>
    Replayed = 4,
}
