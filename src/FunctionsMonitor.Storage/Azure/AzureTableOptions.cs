namespace FunctionsMonitor.Storage.Azure;

/// <summary>Where the Azure table is that keeps what all instances share: breaker state, the time of the last flush, the operator log. Section <c>StateTable</c>.</summary>
public sealed class AzureTableOptions : AzureAccountOptions
{
    public const string Section = "StateTable";
    public const string DefaultTableName = "functionsmonitor";

    /// <summary>Made when it is first written to.</summary>
    /// <value><c>functionsmonitor</c>; 3 to 63 letters and digits that begin with a letter.</value>
    public string TableName { get; set; } = DefaultTableName;

    /// <summary>How long one request may take. There are no retries: the breaker settles what is unknown itself.</summary>
    /// <value>5 seconds; 100 ms to 1 minute.</value>
    public TimeSpan NetworkTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
