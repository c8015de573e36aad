namespace FunctionsMonitor.Health;

/// <summary>Runs the checks, all at once, each within a bound.</summary>
public sealed class HealthService(IEnumerable<IHealthCheck> checks, TimeProvider time)
{
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(5);
    private readonly IHealthCheck[] checks = [.. checks];
    private readonly HealthHistory history = new(time);

    public ValueTask<HealthReport> CheckAsync(CancellationToken cancellationToken) =>
        RunAsync(checks, HealthHistory.OfAll, cancellationToken);

    /// <summary>Only what decides whether events can be taken.</summary>
    public ValueTask<HealthReport> CheckReadyAsync(CancellationToken cancellationToken) =>
        RunAsync(checks.Where(check => check.ForReadiness), HealthHistory.OfReadiness, cancellationToken);

    private async ValueTask<HealthReport> RunAsync(IEnumerable<IHealthCheck> wanted, string whole, CancellationToken cancellationToken)
    {
        var report = new HealthReport(await Task.WhenAll(wanted.Select(check => RunAsync(check, cancellationToken))).ConfigureAwait(false), default);
        return report with { Since = history.Note(whole, report.Status) };
    }

    private async Task<HealthCheckResult> RunAsync(IHealthCheck check, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            // On a thread of its own: the embedded stores work synchronously, and a stalled disk would hold up the other checks and the bound.
            var (status, cause) = await Task.Run(() => check.CheckAsync(cancellationToken).AsTask(), cancellationToken)
                .WaitAsync(CheckTimeout, time, cancellationToken).ConfigureAwait(false);
            return Result(status, cause);
        }
        catch (TimeoutException)
        {
            return Result(HealthStatus.Degraded, $"No answer within {CheckTimeout.TotalSeconds:0} seconds.");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return Result(HealthStatus.Unhealthy, exception.Message);
        }

        HealthCheckResult Result(HealthStatus status, string? cause) =>
            new(check.Name, status, cause, time.GetElapsedTime(started), history.Note(check.Name, status));
    }
}
