using FunctionsMonitor.TestSupport.Azurite;

namespace FunctionsMonitor.BreakerChild;

/// <summary>Starts an Azurite, for the test that it ends with this process.</summary>
internal static class AzuriteCommand
{
    public static async Task RunAsync()
    {
        await using var server = await AzuriteServer.StartAsync();
        Console.WriteLine($"ready {server.ProcessId}");
        await Console.In.ReadToEndAsync();
    }
}
