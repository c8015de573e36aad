namespace FunctionsMonitor.Live;

/// <summary>How an adapter stands.</summary>
public enum LiveAdapterState
{
    /// <summary>Flags say that it does not run.</summary>
    Off,

    /// <summary>It would deliver, but nobody subscribes here.</summary>
    Idle,

    /// <summary>It is on its way to, or back to, the feed between the instances.</summary>
    Connecting,

    /// <summary>It delivers.</summary>
    Live,
}
