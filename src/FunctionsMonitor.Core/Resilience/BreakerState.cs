namespace FunctionsMonitor.Resilience;

public enum BreakerState
{
    Closed,
    Open,
    HalfOpen,

    /// <summary>Opened by hand, until it is reset.</summary>
    Isolated,
}
