namespace FunctionsMonitor.Storage.Sharing;

/// <summary>How many processes work on what is kept. Section <c>FunctionsMonitor</c>.</summary>
public sealed class InstancesOptions
{
    public const string Section = "FunctionsMonitor";

    /// <summary>
    /// A promise: there is never a second instance, and the data folder outlives this one. Without it segments in a storage account and a metrics
    /// store in a file do not go together: whoever flushes takes everybody's events into a file of its own.
    /// </summary>
    /// <value>False.</value>
    public bool SingleInstance { get; set; }
}
