namespace FunctionsMonitor.Health;

/// <summary>Runs the checks, all at once, each within a bound.</summary>
public sealed class HealthService(IEnumerable<IHealthCheck> checks, TimeProvider time)
{
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(5);
    private readonly IHealthCheck[] checks = [.. checks];

    public ValueTask<HealthReport> CheckAsync(CancellationToken cancellationToken) => RunAsync(checks, cancellationToken);

    /// <summary>Only what decides whether events can be taken.</summary>
    public ValueTask<HealthReport> CheckReadyAsync(CancellationToken cancellationToken) =>
        RunAsync(checks.Where(check => check.ForReadiness), cancellationToken);

    private async ValueTask<HealthReport> RunAsync(IEnumerable<IHealthCheck> wanted, CancellationToken cancellationToken) =>
        new(await Task.WhenAll(wanted.Select(check => RunAsync(check, cancellationToken))).ConfigureAwait(false));

    private async Task<HealthCheckResult> RunAsync(IHealthCheck check, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            // On a thread of its own: the embedded stores work synchronously, and a stalled disk would hold up the other checks and the bound.
            var (status, cause) = await Task.Run(() => check.CheckAsync(cancellationToken).AsTask(), cancellationToken)
                .WaitAsync(CheckTimeout, time, cancellationToken).ConfigureAwait(false);
            return new(check.Name, status, cause, time.GetElapsedTime(started));
        }
        catch (TimeoutException)
        {
            return new(check.Name, HealthStatus.Degraded, $"No answer within {CheckTimeout.TotalSeconds:0} seconds.", time.GetElapsedTime(started));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new(check.Name, HealthStatus.Unhealthy, exception.Message, time.GetElapsedTime(started));
        }
    }
}
