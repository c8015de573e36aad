namespace FunctionsMonitor.Tests.Storage.Azure;

internal static class TestAccount
{
    /// <summary>Of an account that nobody has.</summary>
    public static readonly string Connection = $"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={Convert.ToBase64String("not a key"u8)};EndpointSuffix=core.windows.net";
}
