namespace FunctionsMonitor.Storage.Azure;

/// <summary>Where the blob container of segments is. Section <c>SegmentContainer</c>.</summary>
public sealed class BlobSegmentStoreOptions : AzureAccountOptions
{
    public const string Section = "SegmentContainer";
    public const string DefaultContainerName = "functionsmonitor";

    /// <summary>Made, private, when it is first written to.</summary>
    /// <value><c>functionsmonitor</c>; 3 to 63 lower-case letters, digits and single hyphens.</value>
    public string ContainerName { get; set; } = DefaultContainerName;

    /// <summary>
    /// Spread names over 16 prefixes. The service keeps neighbouring names together, and names that begin with the time are all neighbours: one
    /// prefix is one server's load. It may be changed at any time, also while segments wait.
    /// </summary>
    /// <value>False: one prefix is listed with fewer requests, and takes what dozens of instances write.</value>
    public bool SpreadNames { get; set; }

    /// <summary>How long one operation may take, from the first byte sent to the last received. There are no retries.</summary>
    /// <value>10 seconds; 100 ms to 1 minute.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
