using FunctionsMonitor.Flushing;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Live;

/// <summary>
/// Finds what a subscriber has missed since the event it saw last: among the events that this instance remembers, or else in the metrics store.
/// What waits in the buffer for its flush and was not seen by this instance is in neither; so it is best effort.
/// </summary>
public sealed class LiveResume
{
    /// <summary>
    /// The store knows events by their own time. One that was received after the last seen one, but had happened longer than this before, is not
    /// looked for.
    /// </summary>
    private const long LookbackMicroseconds = 5 * 60 * 1_000_000L;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly IMetricsQueries reader;
    private readonly LiveOptions options;
    private readonly TimeProvider time;

    internal LiveResume(IMetricsQueries reader, IOptions<LiveOptions> options, TimeProvider time)
    {
        this.reader = reader;
        this.options = options.Value;
        this.time = time;
    }

    /// <summary>The backlog of a subscriber that was just made; from here on its queue leaves out what is in it.</summary>
    /// <param name="subscription">Who comes back.</param>
    /// <param name="lastEventId">What it saw last, as it says.</param>
    /// <param name="cancellationToken">The caller has left.</param>
    public async ValueTask<LiveBacklog> ReadAsync(LiveSubscription subscription, string lastEventId, CancellationToken cancellationToken)
    {
        if (!LiveEventId.TryParse(lastEventId, out var last))
            return new([], Complete: false);

        var (recent, filter) = (subscription.Recent, subscription.Filter);
        subscription.Recent = [];
        var known = IndexOf(recent, last);
        var backlog = known >= 0
            ? new LiveBacklog([.. recent.Skip(known + 1).Where(item => filter.Matches(item.Item))], Complete: true)
            : await ReadStoreAsync(last, filter, recent, cancellationToken).ConfigureAwait(false);
        subscription.Skip(backlog.Events);
        return backlog;
    }

    private async ValueTask<LiveBacklog> ReadStoreAsync(
        LiveEventId last, LiveFilter filter, IReadOnlyList<LiveEvent> recent, CancellationToken cancellationToken)
    {
        var (stored, complete) = await ListAsync(last, filter, cancellationToken).ConfigureAwait(false);
        var missed = stored.Concat(recent.Where(item => filter.Matches(item.Item)))
            .Where(item => item.Item.ReceivedAt >= last.ReceivedAt && item.Id != last)
            .DistinctBy(item => item.Item.Key)
            .OrderBy(item => item.Item.ReceivedAt)
            .ToList();
        var surplus = Math.Max(0, missed.Count - options.ResumeEvents);
        return new([.. missed.Skip(surplus)], complete && surplus == 0);
    }

    private async ValueTask<(IEnumerable<LiveEvent> Events, bool Complete)> ListAsync(LiveEventId last, LiveFilter filter, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            var stored = await reader.ListEventsAsync(
                new EventQuery
                {
                    Type = filter.Type,
                    Source = filter.Source,
                    From = Math.Max(0, last.ReceivedAt - LookbackMicroseconds),
                    Limit = options.ResumeEvents + 1,
                },
                either.Token).ConfigureAwait(false);
            return (stored.Reverse().Select(item => new LiveEvent(item)), stored.Count <= options.ResumeEvents);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Of a store that is down the queries' own pipeline tells; a stream goes on with what comes.
            return ([], false);
        }
    }

    private static int IndexOf(IReadOnlyList<LiveEvent> recent, LiveEventId id)
    {
        for (var i = recent.Count - 1; i >= 0; i--)
        {
            if (recent[i].Id == id)
                return i;
        }

        return -1;
    }
}
