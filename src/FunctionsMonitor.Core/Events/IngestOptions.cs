namespace FunctionsMonitor.Events;

/// <summary>What one request may carry. Section <c>Ingest</c>.</summary>
public sealed class IngestOptions
{
    public const string Section = "Ingest";
    public const int DefaultMaxBodyBytes = 4 * 1024 * 1024;
    public const int DefaultMaxEvents = 100_000;
    public const int DefaultMaxDepth = 32;
    public const int HighestMaxDepth = 64;
    public const int DefaultMaxEventBytes = 256 * 1024;

    /// <summary>Bytes of a body, decompressed.</summary>
    /// <value>4 MiB; 1 KiB to 64 MiB.</value>
    public int MaxBodyBytes { get; set; } = DefaultMaxBodyBytes;

    /// <summary>Events in a body.</summary>
    /// <value>100,000; 1 to 1,000,000.</value>
    public int MaxEvents { get; set; } = DefaultMaxEvents;

    /// <summary>Levels of nesting, the event's own object being the first.</summary>
    /// <value>32; 2 to 64.</value>
    public int MaxDepth { get; set; } = DefaultMaxDepth;

    /// <summary>Bytes of one event's JSON.</summary>
    /// <value>256 KiB; 256 bytes to 1 MiB.</value>
    public int MaxEventBytes { get; set; } = DefaultMaxEventBytes;

    /// <summary>How far in the future a timestamp may lie.</summary>
    /// <value>24 hours; zero to 7 days.</value>
    public TimeSpan MaxClockLead { get; set; } = TimeSpan.FromHours(24);
}
