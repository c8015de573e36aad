using System.Threading.Channels;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Live;

/// <summary>
/// One subscriber and what waits for it. Bounded in events and bytes; when it is full the oldest go, because whoever watches wants to see now, and
/// the next event taken says how many went before it. One reader; dispose it to leave.
/// </summary>
public sealed class LiveSubscription : IDisposable
{
    private readonly LiveHub hub;
    private readonly int maxEvents;
    private readonly long maxBytes;
    private readonly Lock gate = new();
    private readonly Queue<LiveEvent> waiting = [];
    private readonly Channel<bool> signal =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private HashSet<EventKey> seen = [];
    private long waitingBytes;
    private long dropped;

    internal LiveSubscription(LiveHub hub, LiveFilter filter, LiveOptions options)
    {
        this.hub = hub;
        Filter = filter;
        maxEvents = options.QueueEvents;
        maxBytes = options.QueueBytes;
    }

    public LiveFilter Filter { get; }

    /// <summary>What this instance remembered when the subscriber came, oldest first; nothing after it is missing from the queue.</summary>
    internal IReadOnlyList<LiveEvent> Recent { get; set; } = [];

    /// <summary>The next event, or only the number of those that were lost before it.</summary>
    /// <param name="item">Null when there is none to be had.</param>
    /// <param name="lost">How many were dropped before this one since the last call. With a filter it may count some that the filter leaves out.</param>
    /// <returns>False when there is neither.</returns>
    public bool TryTake(out LiveEvent? item, out long lost)
    {
        lock (gate)
        {
            item = null;
            while (item is null && waiting.TryDequeue(out var next))
            {
                waitingBytes -= next.Bytes;
                item = seen.Count > 0 && seen.Contains(next.Item.Key) ? null : next;
            }

            (lost, dropped) = (dropped, 0);
        }

        if (item is not null)
            hub.NoteDelivered();
        return item is not null || lost > 0;
    }

    /// <summary>Returns when there may be something to take, or when it was woken.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await signal.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Ends a wait, present or next.</summary>
    public void Wake() => signal.Writer.TryWrite(true);

    public void Dispose() => hub.Leave(this);

    /// <summary>Never waits.</summary>
    internal void Offer(LiveEvent item)
    {
        if (!Filter.Matches(item.Item))
            return;

        var lost = 0;
        lock (gate)
        {
            waiting.Enqueue(item);
            waitingBytes += item.Bytes;
            while (waiting.Count > maxEvents || (waitingBytes > maxBytes && waiting.Count > 1))
            {
                waitingBytes -= waiting.Dequeue().Bytes;
                lost++;
            }

            dropped += lost;
        }

        hub.NoteDropped(lost);
        Wake();
    }

    /// <summary>Events that will never come.</summary>
    internal void Lose(long count)
    {
        lock (gate)
            dropped += count;
        Wake();
    }

    /// <summary>These were sent by another way; they are not to come out of the queue too.</summary>
    internal void Skip(IEnumerable<LiveEvent> sent)
    {
        lock (gate)
            seen = [.. sent.Select(item => item.Item.Key)];
    }

    internal (int Events, long Bytes) Waiting
    {
        get
        {
            lock (gate)
                return (waiting.Count, waitingBytes);
        }
    }
}
