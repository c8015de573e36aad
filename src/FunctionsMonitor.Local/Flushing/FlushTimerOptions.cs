namespace FunctionsMonitor.Local.Flushing;

/// <summary>How often the local host asks whether a flush is due. Section <c>FlushTimer</c>.</summary>
internal sealed class FlushTimerOptions
{
    public const string Section = "FlushTimer";
    public static readonly TimeSpan DefaultTickInterval = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan MinTickInterval = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan MaxTickInterval = TimeSpan.FromMinutes(1);

    /// <summary>Time between two questions. When a flush is due is a matter of flags.</summary>
    /// <value>1 second; 100 milliseconds to 1 minute.</value>
    public TimeSpan TickInterval { get; set; } = DefaultTickInterval;
}
