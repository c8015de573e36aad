namespace FunctionsMonitor.Health;

/// <summary>What one check found.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Status">How it is.</param>
/// <param name="Cause">Why it is not healthy, for the one who has to act; null when it is.</param>
/// <param name="Duration">How long the look took.</param>
/// <param name="Since">Since when it is like this, as far as this process has looked.</param>
public sealed record HealthCheckResult(string Name, HealthStatus Status, string? Cause, TimeSpan Duration, DateTimeOffset Since);
