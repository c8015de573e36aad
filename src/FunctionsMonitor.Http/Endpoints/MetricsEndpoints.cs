using FunctionsMonitor.Events;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Http.Responses;
using FunctionsMonitor.Live;
using FunctionsMonitor.Resilience;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>Figures: validation, live adapters, resilience, the books.</summary>
public sealed class MetricsEndpoints(
    MetricsReader reader, LedgerService ledger, PipelineRegistry pipelines, MonitoringBroadcaster broadcaster, FlagManager flags,
    MonitorInstance instance, TimeProvider time)
{
    private static readonly TimeSpan DefaultRange = TimeSpan.FromHours(24);

    /// <summary><c>GET /metrics/validation</c>.</summary>
    public async Task<IResult> ValidationAsync(HttpContext context)
    {
        var query = new QueryReader(context, QueryParameters.OfValidation);
        var (from, to) = query.Range();
        var interval = query.Text(QueryParameters.Interval) ?? ValidationIntervals.Raw;
        var bucket = ValidationIntervals.Parse(interval);

        // Without an end it is now, also for a beginning that lies in the future: the range is then empty, and that is said.
        var end = to ?? (from > time.GetUtcNow() ? from.Value : time.GetUtcNow());
        var start = from ?? (end - DateTimeOffset.MinValue > DefaultRange ? end - DefaultRange : DateTimeOffset.MinValue);
        var minutes = new ValidationQuery(ToMinute(start), ToMinuteUp(end), bucket, ValidationIntervals.MaxBuckets + 1);
        ValidationIntervals.EnsureFits(minutes.ToMinute - minutes.FromMinute, bucket);

        var rows = await reader.ListValidationAsync(minutes, context.RequestAborted).ConfigureAwait(false);
        ValidationIntervals.EnsureFits(rows.Count);
        return Answer.Json(ValidationResponse.Of(minutes, interval, rows), HttpJson.Wire.ValidationResponse);
    }

    /// <summary><c>GET /metrics/adapter</c>.</summary>
    public async Task<IResult> AdapterAsync(HttpContext context)
    {
        QueryReader.ExpectNone(context);
        await broadcaster.RefreshAsync(context.RequestAborted).ConfigureAwait(false);
        return Answer.Json(AdapterResponse.Of(instance, flags.Current, broadcaster.GetMetrics()), HttpJson.Wire.AdapterResponse);
    }

    /// <summary><c>GET /metrics/resilience</c>.</summary>
    public async Task<IResult> ResilienceAsync(HttpContext context)
    {
        QueryReader.ExpectNone(context);
        var metrics = await pipelines.ReadMetricsAsync(context.RequestAborted).ConfigureAwait(false);
        return Answer.Json(
            new ResilienceResponse(instance.Name, instance.StartedAt, [.. metrics.Select(PipelineResponse.Of)]), HttpJson.Wire.ResilienceResponse);
    }

    /// <summary><c>GET /metrics/ledger</c>.</summary>
    public async Task<IResult> LedgerAsync(HttpContext context)
    {
        QueryReader.ExpectNone(context);
        var report = await ledger.ComputeAsync(context.RequestAborted).ConfigureAwait(false);
        return Answer.Json(LedgerResponse.Of(report), HttpJson.Wire.LedgerResponse);
    }

    private static long ToMinute(DateTimeOffset time) => EventTime.ToMinute(EventTime.ToMicroseconds(time));

    /// <summary>The last minute of all has none after it.</summary>
    private static long ToMinuteUp(DateTimeOffset time)
    {
        var minute = ToMinute(time);
        return EventTime.FromMinute(minute) < time && minute < ToMinute(DateTimeOffset.MaxValue) ? minute + 1 : minute;
    }
}
