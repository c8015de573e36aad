using FunctionsMonitor.Flushing;
using FunctionsMonitor.Resilience;
using Polly.CircuitBreaker;

namespace FunctionsMonitor.Health;

/// <summary>
/// Does the metrics store answer, and is it let? When not, events still come in and wait: degraded, not unhealthy. A breaker that was isolated
/// by hand shows here before anything fails for it.
/// </summary>
internal sealed class MetricsStoreHealthCheck(IMetricsQueries store, StorePipelines pipelines) : IHealthCheck
{
    public string Name => "metrics-store";

    public bool ForReadiness => false;

    public async ValueTask<(HealthStatus, string?)> CheckAsync(CancellationToken cancellationToken)
    {
        var closed = new List<string>();
        foreach (var pipeline in (MonitorPipeline[])[pipelines.Write, pipelines.Read])
        {
            await pipeline.RefreshBreakerAsync(cancellationToken).ConfigureAwait(false);
            if (pipeline.Breaker is { IsPassing: false } breaker)
                closed.Add($"Breaker {pipeline.Name} is {(breaker.State == CircuitState.Isolated ? "isolated by hand" : "open")} ({breaker.LocalCause ?? breaker.Reason}).");
        }

        if (closed.Count > 0)
            return (HealthStatus.Degraded, $"{string.Join(" ", closed)} Events wait in the buffer.");

        try
        {
            await store.PingAsync(cancellationToken).ConfigureAwait(false);
            return (HealthStatus.Healthy, null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return (HealthStatus.Degraded, $"{store.Name}: {exception.Message} Events wait in the buffer.");
        }
    }
}
