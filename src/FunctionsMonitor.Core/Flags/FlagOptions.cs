namespace FunctionsMonitor.Flags;

/// <summary>How flags are read. Section <c>FlagSources</c>.</summary>
public sealed class FlagOptions
{
    public const string Section = "FlagSources";

    /// <summary>How often every instance reads its sources; each flush reads them too.</summary>
    /// <value>30 seconds; 1 second to 1 hour.</value>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(30);
}
