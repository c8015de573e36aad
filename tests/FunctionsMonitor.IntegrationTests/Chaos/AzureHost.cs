namespace FunctionsMonitor.IntegrationTests.Chaos;

/// <summary>The settings of a host whose segments and state are in a storage account, under names of its own.</summary>
internal static class AzureHost
{
    public static Dictionary<string, string> Settings(string connection) => new()
    {
        ["ConnectionStrings__AzureStorage"] = connection,
        ["SegmentContainer__ContainerName"] = $"chaos-{Guid.NewGuid():N}",
        ["SegmentContainer__Timeout"] = "00:00:05",
        ["StateTable__TableName"] = $"chaos{Guid.NewGuid():N}",
        ["StateTable__NetworkTimeout"] = "00:00:02",

        // Many small segments meet more than few large ones do.
        ["Buffering__Linger"] = "00:00:00.010",
    };
}
