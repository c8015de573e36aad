using FunctionsMonitor.Flags;
using FunctionsMonitor.Resilience;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly.CircuitBreaker;

namespace FunctionsMonitor.Live;

/// <summary>
/// <c>realtime</c> over a feed between the instances. What this instance makes durable is told to all of them, itself among them, and what is
/// told is delivered to the subscribers here. It listens only while there are some, and tells only while somebody listens anywhere. Everything it
/// asks of the feed goes through the pipeline <c>live-feed</c>.
/// </summary>
internal sealed class FeedAdapter : ILiveAdapter, IDisposable
{
    public const string PipelineName = "live-feed";
    private const int MaxWaitingNotices = 256;
    private const long MaxWaitingBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan FlagInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MinReconnectDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxReconnectDelay = TimeSpan.FromSeconds(30);

    private readonly ILiveFeed feed;
    private readonly MonitorPipeline pipeline;
    private readonly SegmentEvents events;
    private readonly LiveHub hub;
    private readonly FlagManager flags;
    private readonly TimeSpan presenceInterval;
    private readonly bool contents;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly AdapterCounters counters;
    private readonly DrainQueue<Outgoing> outbox;
    private readonly Lock gate = new();
    private CancellationTokenSource? listening;
    private Task listener = Task.CompletedTask;
    private bool stopped;
    private volatile bool connected;
    private volatile bool failing;
    private volatile bool othersListen;
    private long askedAt;
    private volatile bool asked;

    public FeedAdapter(
        ILiveFeed feed, MonitorPipeline pipeline, SegmentEvents events, LiveHub hub, FlagManager flags, IOptions<LiveOptions> options, TimeProvider time,
        ILogger logger)
    {
        this.feed = feed;
        this.pipeline = pipeline;
        this.events = events;
        this.hub = hub;
        this.flags = flags;
        this.time = time;
        this.logger = logger;
        presenceInterval = options.Value.PresenceInterval;
        contents = options.Value.NotifyContents;
        counters = new(time);
        outbox = new(MaxWaitingNotices, MaxWaitingBytes, SendAsync);
        hub.ActivityChanged += FollowActivity;
    }

    public bool IsListening => hub.IsActive || othersListen || !asked || time.GetElapsedTime(Interlocked.Read(ref askedAt)) >= presenceInterval;

    /// <summary>It runs, and hears what the other instances say.</summary>
    public bool IsConnected => connected;

    /// <summary>Ends when nothing waits to be told.</summary>
    internal Task Idle => outbox.Idle;

    public void Publish(LiveSegment segment)
    {
        var payloads = LiveNotice.Write(segment, feed.MaxPayloadBytes, contents);
        if (!outbox.TryAdd(new(payloads, segment.Name.Count), payloads.Sum(payload => (long)payload.Length)))
            counters.Drop(segment.Name.Count);
    }

    public LiveAdapterMetrics GetMetrics()
    {
        var state = !hub.IsActive ? LiveAdapterState.Idle : connected ? LiveAdapterState.Live : LiveAdapterState.Connecting;
        return counters.ToMetrics(FlagSchema.AdapterRealtime, feed.Transport, state) with { Breaker = pipeline.Breaker };
    }

    public ValueTask RefreshBreakerAsync(CancellationToken cancellationToken) => pipeline.RefreshBreakerAsync(cancellationToken);

    /// <summary>Listens no more. What waits to be told is told, or not, within the token's time.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task last;
        lock (gate)
        {
            stopped = true;
            listening?.Cancel();
            last = listener;
        }

        await Task.WhenAll(last, outbox.Idle).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        hub.ActivityChanged -= FollowActivity;
        lock (gate)
        {
            stopped = true;
            listening?.Cancel();
        }
    }

    private void FollowActivity()
    {
        lock (gate)
        {
            if (stopped)
                return;

            if (hub.IsActive && listening is null)
            {
                listening = new CancellationTokenSource();
                listener = FollowAsync(listener, listening.Token);
            }
            else if (!hub.IsActive && listening is not null)
            {
                // Not disposed: the loop that it ends may still be looking at it.
                listening.Cancel();
                listening = null;
            }
        }
    }

    private async Task SendAsync(IReadOnlyList<Outgoing> notices)
    {
        var count = notices.Sum(notice => (long)notice.Events);
        try
        {
            if (!hub.IsActive && !await OthersListenAsync().ConfigureAwait(false))
                return;

            var payloads = notices.SelectMany(notice => notice.Payloads).ToList();
            await pipeline.ExecuteAsync(
                static (s, token) => s.feed.NotifyAsync(s.payloads, token), (feed, payloads), CancellationToken.None).ConfigureAwait(false);
            counters.Publish(count);
            failing = false;
        }
        catch (Exception exception)
        {
            counters.Drop(count);
            // Whoever subscribes here would have got them back from the feed, unless they came directly.
            if (!flags.Current.RunsWebSocket())
                hub.Lose(count);
            NoteFailure(exception);
        }
    }

    private async ValueTask<bool> OthersListenAsync()
    {
        if (asked && time.GetElapsedTime(Interlocked.Read(ref askedAt)) < presenceInterval)
            return othersListen;

        try
        {
            othersListen = await pipeline.ExecuteAsync(feed.HasListenersAsync, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            othersListen = false;
            throw;
        }
        finally
        {
            Interlocked.Exchange(ref askedAt, time.GetTimestamp());
            asked = true;
        }

        return othersListen;
    }

    private async Task FollowAsync(Task before, CancellationToken stop)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        while (!stop.IsCancellationRequested)
        {
            var delay = FlagInterval;
            if (flags.Current.RunsRealtime())
                delay = await ListenAsync(stop).ConfigureAwait(false);
            await Task.Delay(delay, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Listens until the feed is lost, flags say otherwise, or nobody subscribes; returns how long to wait before the next time.</summary>
    private async Task<TimeSpan> ListenAsync(CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using var flagCheck = time.CreateTimer(
            _ =>
            {
                if (!flags.Current.RunsRealtime())
                    ending.Cancel();
            },
            null, FlagInterval, FlagInterval);
        try
        {
            await using var connection = await pipeline.ExecuteAsync(feed.ListenAsync, ending.Token).ConfigureAwait(false);
            connected = true;
            failing = false;
            hub.WakeAll();
            Log.FeedConnected(logger, feed.Transport);
            while (true)
                await ReceiveAsync(await connection.ReceiveAsync(ending.Token).ConfigureAwait(false), ending.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (!ending.IsCancellationRequested)
        {
            NoteFailure(exception);
            return ReconnectDelay(exception);
        }
        catch (Exception)
        {
            return TimeSpan.Zero;
        }
        finally
        {
            connected = false;
            hub.WakeAll();
        }
    }

    private async ValueTask ReceiveAsync(string payload, CancellationToken cancellationToken)
    {
        if (LiveNotice.Read(payload) is not { } message)
        {
            counters.Fail("A notice could not be read.");
            return;
        }

        var items = message.Segment is null ? message.Events : await ReadSegmentAsync(message, cancellationToken).ConfigureAwait(false);
        var duplicates = 0;
        foreach (var item in items)
            duplicates += hub.Publish(item) ? 0 : 1;
        counters.Receive(items.Count, duplicates);

        if (message.Segment is not { } name || items.Count >= name.Count)
            return;

        counters.Drop(name.Count - items.Count);
        hub.Lose(name.Count - items.Count);
    }

    /// <summary>A store that does not answer costs these events and not the connection.</summary>
    private async ValueTask<IReadOnlyList<LiveEvent>> ReadSegmentAsync(LiveMessage message, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(ReadTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return await events.ReadAsync(message, either.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            NoteFailure(exception);
            return [];
        }
    }

    private void NoteFailure(Exception exception)
    {
        counters.Fail(ErrorSummary.Of(exception));
        // Once an outage: every segment that comes in during it fails the same way.
        if (!failing)
            Log.FeedFailed(logger, exception, feed.Transport);
        failing = true;
    }

    private static TimeSpan ReconnectDelay(Exception exception)
    {
        var wait = (exception as BrokenCircuitException)?.RetryAfter ?? MinReconnectDelay;
        return wait < MinReconnectDelay ? MinReconnectDelay : wait > MaxReconnectDelay ? MaxReconnectDelay : wait;
    }

    private readonly record struct Outgoing(IReadOnlyList<string> Payloads, int Events);
}
