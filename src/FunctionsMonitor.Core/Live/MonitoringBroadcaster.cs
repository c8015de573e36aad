using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flags;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Live;

/// <summary>
/// Shows events to subscribers as soon as they are durable, through the adapters that the flags name at that moment. Best effort, and never in
/// the way: while nobody listens a segment costs a few comparisons, and while somebody does, it is handed to a worker that has room for it or
/// not. The newest segments are then dropped: those that wait were there first, and their memory is held already.
/// </summary>
public sealed class MonitoringBroadcaster : IHostedService, IDisposable
{
    internal const int MaxWaitingSegments = 64;
    internal const long MaxWaitingBytes = 16 * 1024 * 1024;

    private readonly LiveHub hub;
    private readonly ILiveAdapter webSocket;
    private readonly ILiveAdapter realtime;
    private readonly FeedAdapter? feed;
    private readonly FlagManager flags;
    private readonly LiveOptions options;
    private readonly ILogger<MonitoringBroadcaster> logger;
    private readonly DrainQueue<LiveSegment> inbox;
    private long dropped;

    internal MonitoringBroadcaster(
        LiveHub hub, ILiveAdapter webSocket, ILiveAdapter realtime, FlagManager flags, IOptions<LiveOptions> options,
        ILogger<MonitoringBroadcaster> logger)
    {
        this.hub = hub;
        this.webSocket = webSocket;
        this.realtime = realtime;
        feed = realtime as FeedAdapter;
        this.flags = flags;
        this.options = options.Value;
        this.logger = logger;
        inbox = new(MaxWaitingSegments, MaxWaitingBytes, BroadcastAsync);
    }

    public LiveState State
    {
        get
        {
            var current = flags.Current;
            return !current.UseAdapter ? new(LiveState.None, false)
                : new(current.AdapterType, !current.RunsRealtime() || feed?.IsConnected != false);
        }
    }

    /// <summary>Whether a segment would be looked at.</summary>
    internal bool IsListening
    {
        get
        {
            var current = flags.Current;
            return (current.RunsWebSocket() && webSocket.IsListening) || (current.RunsRealtime() && realtime.IsListening);
        }
    }

    /// <summary>Ends when everything that was offered has been delivered, told or dropped.</summary>
    internal async Task IdleAsync()
    {
        await inbox.Idle.ConfigureAwait(false);
        if (feed is not null)
            await feed.Idle.ConfigureAwait(false);
    }

    /// <summary>Subscribes to what comes from now on.</summary>
    /// <exception cref="TooManySubscribersException">The limit is reached.</exception>
    public LiveSubscription Subscribe(LiveFilter filter) => hub.Subscribe(filter);

    public LiveMetrics GetMetrics()
    {
        var current = flags.Current;
        return new()
        {
            Connections = hub.Connections,
            MaxConnections = options.MaxSubscribers,
            Delivered = hub.Delivered,
            Dropped = hub.Dropped + Interlocked.Read(ref dropped),
            Refused = hub.Refused,
            Adapters = [Metrics(webSocket, current.RunsWebSocket()), Metrics(realtime, current.RunsRealtime())],
        };

        static LiveAdapterMetrics Metrics(ILiveAdapter adapter, bool runs) =>
            runs ? adapter.GetMetrics() : adapter.GetMetrics() with { State = LiveAdapterState.Off };
    }

    /// <summary>Looks at the shared state of the feed's breaker, if there is one and it was not looked at lately.</summary>
    public ValueTask RefreshAsync(CancellationToken cancellationToken) =>
        feed?.RefreshBreakerAsync(cancellationToken) ?? ValueTask.CompletedTask;

    /// <summary>A segment is durable. Takes its records from the group if somebody wants them; never waits and never throws.</summary>
    internal void Offer(SegmentName name, SegmentGroup group)
    {
        try
        {
            if (!IsListening)
                return;

            var segment = new LiveSegment(name, group.TakeParts());
            if (inbox.TryAdd(segment, segment.Bytes))
                return;

            segment.Dispose();
            Drop(name.Count);
        }
        catch (Exception exception)
        {
            // Whatever it is, the events are durable, and whoever sent them is to hear it.
            Log.NotBroadcast(logger, exception, name.Count);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await inbox.Idle.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (feed is not null)
            await feed.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        feed?.Dispose();
        hub.Dispose();
    }

    private Task BroadcastAsync(IReadOnlyList<LiveSegment> segments)
    {
        foreach (var segment in segments)
        {
            var current = flags.Current;
            if (current.RunsWebSocket())
                Publish(webSocket, segment);
            if (current.RunsRealtime())
                Publish(realtime, segment);
            segment.Dispose();
        }

        return Task.CompletedTask;
    }

    private void Publish(ILiveAdapter adapter, LiveSegment segment)
    {
        try
        {
            if (adapter.IsListening)
                adapter.Publish(segment);
        }
        catch (Exception exception)
        {
            Drop(segment.Name.Count);
            Log.NotBroadcast(logger, exception, segment.Name.Count);
        }
    }

    private void Drop(long events)
    {
        Interlocked.Add(ref dropped, events);
        hub.Lose(events);
    }
}
