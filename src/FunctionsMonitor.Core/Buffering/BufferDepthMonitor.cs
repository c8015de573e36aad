using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Buffering;

/// <summary>
/// Knows how deep the buffer is without asking the store at every request: by a slow listing, by what the flusher saw last, and by what
/// this instance wrote since. The cap can be overshot by what other instances write within one interval.
/// </summary>
public sealed class BufferDepthMonitor(
    ISegmentStore store, IOptions<BufferingOptions> options, TimeProvider time, ILogger<BufferDepthMonitor> logger) : BackgroundService
{
    /// <summary>
    /// A listing may take a tenth of the time at most. A million blobs are two hundred requests: without this every instance would do nothing but
    /// list, and just when the store has the most to do.
    /// </summary>
    private const int PausePerListing = 9;

    /// <summary>
    /// Of a folder a listing is nothing but work, a millisecond for so many: done in one go, requests waited 150 ms for it where there are two cores and
    /// as many threads.
    /// </summary>
    private const int EntriesPerBreath = 500;

    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(5);

    private readonly BufferingOptions options = options.Value;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim listing = new(1, 1);
    private volatile BufferDepth current = BufferDepth.Unmeasured;
    private volatile string? writeFailure;
    private (long Segments, long Events, long Bytes, DateTimeOffset? OldestAt) sinceListing;

    public BufferDepth Current => current;

    /// <summary>What kept the last segment from being written; null when it was written.</summary>
    public string? WriteFailure => writeFailure;

    /// <summary>Lists the buffer and takes the sum as its depth.</summary>
    public async ValueTask<BufferDepth> MeasureAsync(CancellationToken cancellationToken)
    {
        // One at a time: a second listing would forget for the first what was written since that one began.
        await listing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await ListAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            listing.Release();
        }
    }

    public override void Dispose()
    {
        listing.Dispose();
        base.Dispose();
    }

    internal void NoteWritten(SegmentName name, long bytes)
    {
        writeFailure = null;
        lock (gate)
        {
            sinceListing = (
                sinceListing.Segments + 1, sinceListing.Events + name.Count, sinceListing.Bytes + bytes, sinceListing.OldestAt ?? name.CreatedAt);
            var before = current;
            Publish(before.Segments + 1, before.Events + name.Count, before.Bytes + bytes, before.OldestAt ?? name.CreatedAt, before.MeasuredAt);
        }
    }

    internal void NoteFailure(string cause) => writeFailure = cause;

    /// <summary>The store was probed and can be written again.</summary>
    internal void NoteWritable() => writeFailure = null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.DepthInterval, time);
        do
        {
            var begun = time.GetTimestamp();
            try
            {
                await MeasureAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.ListingFailed(logger, exception);
            }

            // A tick has come meanwhile, and would begin the next listing at once.
            var pause = time.GetElapsedTime(begun) * PausePerListing;
            if (pause > options.DepthInterval)
                await Task.Delay(pause, time, stoppingToken).ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private async ValueTask<BufferDepth> ListAsync(CancellationToken cancellationToken)
    {
        lock (gate)
            sinceListing = default;

        long segments = 0, events = 0, bytes = 0;
        DateTimeOffset? oldest = null;
        await foreach (var entry in store.ScanAsync(cancellationToken).ConfigureAwait(false))
        {
            segments++;
            bytes += entry.Bytes;
            if (entry.Name is { } name)
            {
                events += name.Count;
                oldest = oldest < name.CreatedAt ? oldest : name.CreatedAt;
            }

            if (segments % EntriesPerBreath == 0)
                await Task.Delay(Breath, time, cancellationToken).ConfigureAwait(false);
        }

        // A segment written during the listing may be in both sums. The depth is then a little too high until the next one; never too low.
        lock (gate)
            return Publish(
                segments + sinceListing.Segments, events + sinceListing.Events, bytes + sinceListing.Bytes,
                oldest ?? sinceListing.OldestAt, time.GetUtcNow());
    }

    private BufferDepth Publish(long segments, long events, long bytes, DateTimeOffset? oldestAt, DateTimeOffset? measuredAt)
    {
        var overCap = bytes > options.MaxBytes || time.GetUtcNow() - oldestAt > options.MaxAge;
        if (overCap && !current.OverCap)
            Log.OverCap(logger, bytes, oldestAt);
        else if (!overCap && current.OverCap)
            Log.UnderCap(logger);

        return current = new()
        {
            Segments = segments,
            Events = events,
            Bytes = bytes,
            OldestAt = oldestAt,
            MeasuredAt = measuredAt,
            OverCap = overCap,
        };
    }
}
