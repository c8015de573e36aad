using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Health;

/// <summary>Does the metrics store answer? When not, events still come in and wait: degraded, not unhealthy.</summary>
internal sealed class MetricsStoreHealthCheck(IMetricsQueries store) : IHealthCheck
{
    public string Name => "metrics-store";

    public bool ForReadiness => false;

    public async ValueTask<(HealthStatus, string?)> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.PingAsync(cancellationToken).ConfigureAwait(false);
            return (HealthStatus.Healthy, null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return (HealthStatus.Degraded, $"{exception.Message} Events wait in the buffer.");
        }
    }
}
