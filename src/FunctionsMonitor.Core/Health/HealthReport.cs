namespace FunctionsMonitor.Health;

/// <summary>All checks; as bad as the worst of them.</summary>
public sealed record HealthReport(IReadOnlyList<HealthCheckResult> Checks)
{
    public HealthStatus Status => Checks.Count == 0 ? HealthStatus.Healthy : Checks.Max(check => check.Status);
}
