namespace FunctionsMonitor.Storage.Azure;

/// <summary>Where Azure Blob Storage is that keeps the last good answer of App Configuration. Section <c>LastKnownGood</c>.</summary>
public sealed class AzureBlobLastKnownGoodOptions : AzureAccountOptions
{
    public const string Section = "LastKnownGood";
    public const string DefaultContainerName = "flags";

    /// <summary>Made when it is first written to.</summary>
    /// <value><c>flags</c>; 3 to 63 small letters, digits and single hyphens.</value>
    public string ContainerName { get; set; } = DefaultContainerName;

    /// <summary>How long one request may take. There are no retries: the next refresh is one.</summary>
    /// <value>5 seconds; 100 ms to 1 minute.</value>
    public TimeSpan NetworkTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
