using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.Health;

/// <summary>Can segments be written, and is there room? Unhealthy means that events are being refused.</summary>
internal sealed class BufferHealthCheck(ISegmentStore store, BufferDepthMonitor depth) : IHealthCheck
{
    public string Name => "buffer";

    public bool ForReadiness => true;

    public async ValueTask<(HealthStatus, string?)> CheckAsync(CancellationToken cancellationToken)
    {
        if (depth.Current is { OverCap: true } full)
            return (HealthStatus.Unhealthy, $"Over its cap: {full.Bytes} bytes in {full.Segments} segments, oldest from {full.OldestAt:O}. A flush drains it.");
        if (depth.WriteFailure is null && depth.Current.MeasuredAt is not null)
            return (HealthStatus.Healthy, null);

        // The last write failed (or none was tried yet): only now is it worth a write to find out.
        try
        {
            await store.ProbeAsync(cancellationToken).ConfigureAwait(false);
            depth.NoteWritable();
            return (HealthStatus.Healthy, null);
        }
        catch (SegmentStoreException exception)
        {
            return (HealthStatus.Unhealthy, exception.Message);
        }
    }
}
