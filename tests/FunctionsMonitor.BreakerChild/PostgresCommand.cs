using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.BreakerChild;

/// <summary>Starts a PostgreSQL, for the test that it ends with this process.</summary>
internal static class PostgresCommand
{
    public static async Task RunAsync()
    {
        await using var server = await PostgresServer.StartAsync();
        Console.WriteLine($"ready {server.ProcessId} {server.FolderPath}");
        await Console.In.ReadToEndAsync();
    }
}
