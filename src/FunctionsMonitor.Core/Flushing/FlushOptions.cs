namespace FunctionsMonitor.Flushing;

/// <summary>How a flush works. Section <c>Flush</c>. When it is due is a matter of flags.</summary>
public sealed class FlushOptions
{
    public const string Section = "Flush";

    /// <summary>Events in one transaction, unless a single segment has more.</summary>
    /// <value>20,000; 1 to 1,000,000.</value>
    public int TransactionEvents { get; set; } = 20_000;

    /// <summary>Bytes of segments in one transaction, unless a single segment has more. Bounds the memory of a flush.</summary>
    /// <value>8 MiB; 64 KiB to 256 MiB.</value>
    public int TransactionBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>How long one flush may take; what is left waits for the next.</summary>
    /// <value>180 seconds; 1 second to 1 hour.</value>
    public TimeSpan TimeBudget { get; set; } = TimeSpan.FromSeconds(180);
}
