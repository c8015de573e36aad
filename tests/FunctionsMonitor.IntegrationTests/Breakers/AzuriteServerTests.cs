using System.Diagnostics;
using System.Globalization;
using Azure.Data.Tables;
using FunctionsMonitor.IntegrationTests.Support;
using FunctionsMonitor.TestSupport.Azurite;

namespace FunctionsMonitor.IntegrationTests.Breakers;

/// <summary>What the tests of stores in Azure rely on.</summary>
public sealed class AzuriteServerTests
{
    [Fact]
    public async Task It_keeps_its_data_and_its_address_over_a_stop()
    {
        await using var server = await AzuriteServer.StartAsync();
        var connection = server.ConnectionString;
        await new TableClient(connection, "kept").CreateAsync(TestContext.Current.CancellationToken);
        await new TableClient(connection, "kept").AddEntityAsync(new TableEntity("p", "r") { ["value"] = "text" }, TestContext.Current.CancellationToken);
        await server.StopAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => EntityAsync(connection));

        await server.ResumeAsync();
        Assert.Equal(connection, server.ConnectionString);
        Assert.Equal("text", (await EntityAsync(connection))["value"]);
    }

    [Fact]
    public async Task It_ends_with_a_test_process_that_is_killed()
    {
        // Without node this test is skipped here; the child could only fail.
        RequiredTool.Ensure("node", "npm");
        await using var tests = await ChildProcess.StartAsync(["azurite"]);
        using var server = Process.GetProcessById(int.Parse(tests.Ready.Split(' ')[1], CultureInfo.InvariantCulture));
        Assert.False(server.HasExited);
        await tests.KillAsync();
        await Eventually.TrueAsync(() => server.HasExited, "Azurite ends");
    }

    [Fact]
    public async Task Test_processes_that_install_it_at_once_end_with_one_installation()
    {
        RequiredTool.Ensure("node", "npm");
        using var cache = new TemporaryFolder();
        var environment = new Dictionary<string, string> { ["XDG_CACHE_HOME"] = cache.Path };
        var both = await Task.WhenAll(ChildProcess.StartAsync(["azurite"], environment), ChildProcess.StartAsync(["azurite"], environment));
        await using var one = both[0];
        await using var other = both[1];
        Assert.Single(Directory.GetDirectories(cache["functionsmonitor"]));
    }

    private static async Task<TableEntity> EntityAsync(string connection)
    {
        var options = new TableClientOptions { Retry = { MaxRetries = 0 } };
        return await new TableClient(connection, "kept", options).GetEntityAsync<TableEntity>("p", "r", cancellationToken: TestContext.Current.CancellationToken);
    }
}
