namespace FunctionsMonitor.Live;

/// <summary>The live feed. Section <c>Live</c>. Whether and how events are broadcast is a matter of flags.</summary>
public sealed class LiveOptions
{
    public const string Section = "Live";

    /// <summary>Subscribers of one instance; the next one is refused.</summary>
    /// <value>100; 1 to 10,000.</value>
    public int MaxSubscribers { get; set; } = 100;

    /// <summary>Events that wait for one subscriber; beyond it the oldest are dropped.</summary>
    /// <value>1,000; 1 to 100,000.</value>
    public int QueueEvents { get; set; } = 1000;

    /// <summary>Bytes of events that wait for one subscriber, unless a single event has more; beyond it the oldest are dropped.</summary>
    /// <value>4 MiB; 64 KiB to 256 MiB.</value>
    public int QueueBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How long an instance goes on following the feed after its last subscriber has left, so that one who comes back misses nothing.</summary>
    /// <value>30 seconds; 0 to 10 minutes.</value>
    public TimeSpan Linger { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stream is silent at most; then a comment is sent, so that no proxy takes it for dead.</summary>
    /// <value>15 seconds; 1 second to 5 minutes.</value>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one stream lasts before the client is asked to come back. Must be below <c>functionTimeout</c>, which would cut it.</summary>
    /// <value>5 minutes; 1 second to 1 day.</value>
    public TimeSpan MaxDuration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Events that one who comes back is sent from the store; of more, the newest.</summary>
    /// <value>1,000; 0 to 10,000.</value>
    public int ResumeEvents { get; set; } = 1000;

    /// <summary>How often an instance without subscribers asks whether another one has some, while events come in. So late may a new one be noticed.</summary>
    /// <value>2 seconds; 0 to 1 minute.</value>
    public TimeSpan PresenceInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Tell the other instances small segments whole instead of only where they are. It spares them a read, and is the only way where they do not
    /// share the segments; but PostgreSQL lets every role that can sign in to the database listen, and so read these events without a privilege.
    /// </summary>
    /// <value>False.</value>
    public bool NotifyContents { get; set; }
}
