using FunctionsMonitor.Buffering;
using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Flushing;

/// <summary>What a flush does beside flushing, once an hour: removes what is past its time, and notes deletes that were cut off before they were noted.</summary>
internal sealed class StoreMaintenance(
    IMetricsStore store, ISegmentStore segments, RetentionOptions retention, TimeProvider time, ILogger<MetricsPersister> logger)
{
    /// <summary>Rows that are looked at in one go.</summary>
    private const int MaxForgotten = 1000;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private DateTimeOffset next;

    /// <summary>Never throws: what is past its time may stay a little longer, and the flush it goes with must not count as failed.</summary>
    /// <param name="now">When the flush began.</param>
    /// <param name="timeLeft">Ends it when the flush has no more time for it.</param>
    /// <param name="cancellationToken">Asked to stop: the next flush does it.</param>
    public async ValueTask ApplyIfDueAsync(DateTimeOffset now, CancellationToken timeLeft, CancellationToken cancellationToken)
    {
        if (now < next || cancellationToken.IsCancellationRequested)
            return;

        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeLeft, cancellationToken);
        try
        {
            var cutoffs = new RetentionCutoffs(now - retention.Events, now - retention.DeadLetters, now - retention.SegmentRows, now - retention.Flushes);
            await store.ApplyRetentionAsync(cutoffs, linked.Token).ConfigureAwait(false);
            next = now + Interval;
            // Last: it lists the whole buffer, which takes the longest just when there is a backlog.
            await NoteForgottenDeletesAsync(linked.Token).ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to stop: the next flush, or the next hour, does it.
        }
        catch (Exception exception)
        {
            Log.RetentionFailed(logger, exception);
        }
    }

    /// <summary>
    /// A flush that was cut off after it deleted a segment has not noted so, and no later one meets that segment: its row would stay for ever,
    /// and with it all later ones of its incarnation. What has a row and is not listed afterwards is gone.
    /// </summary>
    private async ValueTask NoteForgottenDeletesAsync(CancellationToken cancellationToken)
    {
        var gone = new HashSet<Guid>(await store.ListNotDeletedAsync(MaxForgotten, cancellationToken).ConfigureAwait(false));
        if (gone.Count == 0)
            return;

        await foreach (var entry in segments.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (entry.Name is { } name)
                gone.Remove(name.Id);
        }

        if (gone.Count > 0)
            await store.MarkDeletedAsync(gone, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
    }
}
