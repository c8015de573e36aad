namespace FunctionsMonitor.Live;

/// <summary>Carries short texts between the instances of an app, as they come and to whoever listens at that moment. Nothing is kept.</summary>
internal interface ILiveFeed
{
    /// <summary>Bytes of UTF-8 that one text can have.</summary>
    int MaxPayloadBytes { get; }

    /// <summary>What it is, for figures.</summary>
    string Transport { get; }

    /// <summary>Sends texts, in this order, to every listener, the sender's own among them.</summary>
    ValueTask NotifyAsync(IReadOnlyList<string> payloads, CancellationToken cancellationToken);

    /// <summary>Whether any instance listens now.</summary>
    ValueTask<bool> HasListenersAsync(CancellationToken cancellationToken);

    /// <summary>Begins to listen; what is sent after this has returned is received.</summary>
    ValueTask<ILiveListener> ListenAsync(CancellationToken cancellationToken);

    /// <summary>Whether nobody answered, rather than that the request is wrong.</summary>
    bool IsTransient(Exception exception);
}
