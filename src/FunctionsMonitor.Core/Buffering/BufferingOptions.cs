namespace FunctionsMonitor.Buffering;

/// <summary>How events wait for the flush. Section <c>Buffering</c>.</summary>
public sealed class BufferingOptions
{
    public const string Section = "Buffering";
    public const long DefaultMaxBytes = 10L * 1024 * 1024 * 1024;
    public const int DefaultSegmentBytes = 4 * 1024 * 1024;
    public const int DefaultMaxCollectingBytes = 64 * 1024 * 1024;

    /// <summary>How long the first request of an idle buffer waits for company before its segment is written.</summary>
    /// <value>0 (a folder needs none); at most 5 seconds.</value>
    public TimeSpan Linger { get; set; } = TimeSpan.Zero;

    /// <summary>Bytes of segments in the store above which ingest answers 429.</summary>
    /// <value>10 GiB; at least 1 MiB.</value>
    public long MaxBytes { get; set; } = DefaultMaxBytes;

    /// <summary>Age of the oldest segment above which ingest answers 429.</summary>
    /// <value>24 hours; 1 minute to 30 days.</value>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromHours(24);

    /// <summary>A segment takes no further request beyond this size; a single larger request has one of its own.</summary>
    /// <value>4 MiB; 4 KiB to 64 MiB.</value>
    public int SegmentBytes { get; set; } = DefaultSegmentBytes;

    /// <summary>Bytes that may wait in memory for their segment to be written; above it ingest answers 429.</summary>
    /// <value>64 MiB; 1 MiB to 1 GiB.</value>
    public int MaxCollectingBytes { get; set; } = DefaultMaxCollectingBytes;

    /// <summary>How long a request waits for its segment before it is answered 503 with <c>outcome_unknown</c>.</summary>
    /// <value>30 seconds; 1 second to 3 minutes.</value>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the depth of the buffer is measured by a listing; the cap can be overshot by what comes in between.</summary>
    /// <value>10 seconds; 1 second to 10 minutes.</value>
    public TimeSpan DepthInterval { get; set; } = TimeSpan.FromSeconds(10);
}
