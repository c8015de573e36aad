namespace FunctionsMonitor.DeadLetters;

/// <summary>Why a replay by filter ended before its limit.</summary>
public enum ReplayStop
{
    /// <summary>An operator ended it.</summary>
    Cancelled,

    /// <summary>The metrics store's breaker let nothing through for as long as the replay could wait.</summary>
    Breaker,

    /// <summary>The buffer took longer than the rate asked for.</summary>
    Time,
}
