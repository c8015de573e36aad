using FunctionsMonitor.Flushing;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Live;

/// <summary>
/// Where the adapters of this instance deliver to, and its subscribers take from. An event is delivered once, by whichever adapter comes first;
/// a client's own repeat is not delivered again either, as it is not stored again.
/// </summary>
/// <remarks>
/// It remembers the last events while somebody subscribes and a little longer: one who comes back at once, as every stream must after a while,
/// finds what happened meanwhile, which is not in the store before the next flush.
/// </remarks>
internal sealed class LiveHub(IOptions<LiveOptions> options, TimeProvider time) : IDisposable
{
    /// <summary>Identities that are remembered to tell a second delivery; 2 MB at most.</summary>
    internal const int RememberedKeys = 16_384;

    private readonly LiveOptions options = options.Value;
    private readonly Lock gate = new();
    private readonly List<LiveSubscription> subscriptions = [];
    private readonly Queue<LiveEvent> recent = [];
    private readonly HashSet<EventKey> keys = [];
    private readonly Queue<EventKey> keyOrder = [];
    private ITimer? linger;
    private long recentBytes;
    private volatile bool isActive;
    private long delivered;
    private long dropped;
    private long refused;

    /// <summary>Somebody subscribes, or did a moment ago. An event that comes in while it is false costs nothing.</summary>
    public bool IsActive => isActive;

    /// <summary>Raised after <see cref="IsActive"/> has changed, on whatever thread changed it.</summary>
    public event Action? ActivityChanged;

    public int Connections
    {
        get
        {
            lock (gate)
                return subscriptions.Count;
        }
    }

    public long Delivered => Interlocked.Read(ref delivered);

    public long Dropped => Interlocked.Read(ref dropped);

    public long Refused => Interlocked.Read(ref refused);

    internal (int Events, long Bytes, int Keys) Remembered
    {
        get
        {
            lock (gate)
                return (recent.Count, recentBytes, keys.Count);
        }
    }

    /// <exception cref="TooManySubscribersException">The limit is reached.</exception>
    public LiveSubscription Subscribe(LiveFilter filter)
    {
        var subscription = new LiveSubscription(this, filter, options);
        bool changed;
        lock (gate)
        {
            if (subscriptions.Count >= options.MaxSubscribers)
            {
                refused++;
                throw new TooManySubscribersException(options.MaxSubscribers);
            }

            subscription.Recent = [.. recent];
            subscriptions.Add(subscription);
            linger?.Dispose();
            linger = null;
            changed = !isActive;
            isActive = true;
        }

        if (changed)
            ActivityChanged?.Invoke();
        return subscription;
    }

    public void Leave(LiveSubscription subscription)
    {
        lock (gate)
        {
            if (!subscriptions.Remove(subscription) || subscriptions.Count > 0)
                return;

            linger?.Dispose();
            linger = time.CreateTimer(_ => EndLinger(), null, options.Linger, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Delivers to whom it concerns; false when it was delivered before.</summary>
    public bool Publish(LiveEvent item)
    {
        lock (gate)
        {
            if (!isActive || !keys.Add(item.Item.Key))
                return false;

            keyOrder.Enqueue(item.Item.Key);
            if (keyOrder.Count > RememberedKeys)
                keys.Remove(keyOrder.Dequeue());

            Remember(item);
            foreach (var subscription in subscriptions)
                subscription.Offer(item);
            return true;
        }
    }

    /// <summary>Tells everybody that so many events will not come.</summary>
    public void Lose(long count)
    {
        lock (gate)
        {
            foreach (var subscription in subscriptions)
                subscription.Lose(count);
        }
    }

    /// <summary>Ends every wait, so that a change of state is told now.</summary>
    public void WakeAll()
    {
        lock (gate)
        {
            foreach (var subscription in subscriptions)
                subscription.Wake();
        }
    }

    public void NoteDelivered() => Interlocked.Increment(ref delivered);

    public void NoteDropped(long count)
    {
        if (count > 0)
            Interlocked.Add(ref dropped, count);
    }

    public void Dispose()
    {
        lock (gate)
        {
            linger?.Dispose();
            linger = null;
        }
    }

    private void Remember(LiveEvent item)
    {
        recent.Enqueue(item);
        recentBytes += item.Bytes;
        while (recent.Count > options.QueueEvents || (recentBytes > options.QueueBytes && recent.Count > 1))
            recentBytes -= recent.Dequeue().Bytes;
    }

    private void EndLinger()
    {
        lock (gate)
        {
            if (subscriptions.Count > 0 || !isActive)
                return;

            isActive = false;
            recent.Clear();
            recentBytes = 0;
            keys.Clear();
            keyOrder.Clear();
        }

        ActivityChanged?.Invoke();
    }
}
