using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Http.Pages;
using FunctionsMonitor.Http.Responses;
using FunctionsMonitor.Idempotency;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>The instance at a glance.</summary>
public sealed class StatusEndpoints(
    BufferDepthMonitor depth, MetricsReader reader, IdempotentIngestor idempotentIngestor, MonitorInstance instance, TimeProvider time)
{
    /// <summary>A glance must not wait for a sick store and its retries.</summary>
    private static readonly TimeSpan LastFlushWithin = TimeSpan.FromSeconds(2);

    /// <summary><c>GET /status</c>.</summary>
    public async Task<IResult> GetAsync(HttpContext context)
    {
        QueryReader.ExpectNone(context);
        var (lastFlush, error) = await FindLastFlushAsync(context.RequestAborted).ConfigureAwait(false);
        var now = time.GetUtcNow();
        return Answer.Json(
            new StatusResponse
            {
                Version = SummaryReader.Version,
                Instance = instance.Name,
                Incarnation = instance.Incarnation,
                Since = instance.StartedAt,
                UptimeSeconds = (now - instance.StartedAt).TotalSeconds,
                Buffer = BufferResponse.Of(depth.Current, now),
                Idempotency = IdempotencyResponse.Of(idempotentIngestor.Figures),
                LastFlush = lastFlush is null ? null : FlushResponse.Of(lastFlush),
                LastFlushError = error,
            },
            HttpJson.Wire.StatusResponse);
    }

    private async Task<(FlushReport?, string? Error)> FindLastFlushAsync(CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(LastFlushWithin, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, bound.Token);
        try
        {
            var newest = await reader.ListFlushesAsync(1, linked.Token).ConfigureAwait(false);
            return (newest.Count > 0 ? newest[0] : null, null);
        }
        catch (MetricsStoreUnavailableException exception)
        {
            return (null, exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"The metrics store did not answer within {LastFlushWithin.TotalSeconds:0} seconds.");
        }
    }
}
