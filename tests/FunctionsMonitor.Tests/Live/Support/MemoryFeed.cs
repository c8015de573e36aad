using System.Threading.Channels;
using FunctionsMonitor.Live;

namespace FunctionsMonitor.Tests.Live.Support;

/// <summary>A feed between monitors of one process, which can be broken.</summary>
internal sealed class MemoryFeed : ILiveFeed
{
    private readonly Lock gate = new();
    private readonly List<Listener> listeners = [];

    public int MaxPayloadBytes { get; init; } = 7_999;

    public string Transport => "memory";

    /// <summary>While set, nothing works, and connections that were open are lost.</summary>
    public bool IsDown { get; private set; }

    public int Notified { get; private set; }

    public int Asked { get; private set; }

    /// <summary>The last text that was told.</summary>
    public string? Told { get; private set; }

    public int Listeners
    {
        get
        {
            lock (gate)
                return listeners.Count;
        }
    }

    public void Break()
    {
        lock (gate)
        {
            IsDown = true;
            listeners.ForEach(listener => listener.Lose());
        }
    }

    public void Heal() => IsDown = false;

    public ValueTask NotifyAsync(IReadOnlyList<string> payloads, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            ThrowIfDown();
            Notified += payloads.Count;
            Told = payloads[^1];
            foreach (var payload in payloads)
                listeners.ForEach(listener => listener.Send(payload));
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> HasListenersAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            ThrowIfDown();
            Asked++;
            return ValueTask.FromResult(listeners.Count > 0);
        }
    }

    public ValueTask<ILiveListener> ListenAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            ThrowIfDown();
            var listener = new Listener(this);
            listeners.Add(listener);
            return ValueTask.FromResult<ILiveListener>(listener);
        }
    }

    public bool IsTransient(Exception exception) => exception is IOException;

    private void ThrowIfDown()
    {
        if (IsDown)
            throw new IOException("The feed is down.");
    }

    private sealed class Listener(MemoryFeed feed) : ILiveListener
    {
        private readonly Channel<string> received = Channel.CreateUnbounded<string>();

        public void Send(string payload) => received.Writer.TryWrite(payload);

        public void Lose() => received.Writer.TryComplete(new IOException("The connection was lost."));

        public async ValueTask<string> ReceiveAsync(CancellationToken cancellationToken)
        {
            await received.Reader.WaitToReadAsync(cancellationToken);
            return received.Reader.TryRead(out var payload) ? payload : throw new IOException("The connection was lost.");
        }

        public ValueTask DisposeAsync()
        {
            lock (feed.gate)
                feed.listeners.Remove(this);
            return ValueTask.CompletedTask;
        }
    }
}
