namespace FunctionsMonitor.Health;

/// <summary>All checks; as bad as the worst of them.</summary>
/// <param name="Checks">What each found.</param>
/// <param name="Since">Since when the whole is as it is, as far as this process has looked.</param>
public sealed record HealthReport(IReadOnlyList<HealthCheckResult> Checks, DateTimeOffset Since)
{
    public HealthStatus Status => Checks.Count == 0 ? HealthStatus.Healthy : Checks.Max(check => check.Status);
}
