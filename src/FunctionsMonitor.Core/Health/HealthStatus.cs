namespace FunctionsMonitor.Health;

/// <summary>Ordered: the worst check decides.</summary>
public enum HealthStatus
{
    Healthy,

    /// <summary>Works, but somebody should look.</summary>
    Degraded,

    /// <summary>Does not do its job.</summary>
    Unhealthy,
}
