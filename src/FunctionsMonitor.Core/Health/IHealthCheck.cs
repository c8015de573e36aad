namespace FunctionsMonitor.Health;

/// <summary>One thing that health depends on.</summary>
public interface IHealthCheck
{
    string Name { get; }

    /// <summary>Whether <c>/health/ready</c> asks it too: can this instance take events?</summary>
    bool ForReadiness { get; }

    /// <summary>The status, and the cause when it is not healthy. An exception counts as <see cref="HealthStatus.Unhealthy"/>.</summary>
    ValueTask<(HealthStatus Status, string? Cause)> CheckAsync(CancellationToken cancellationToken);
}
