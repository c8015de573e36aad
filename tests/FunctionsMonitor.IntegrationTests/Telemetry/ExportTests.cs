using FunctionsMonitor.IntegrationTests.Support;

namespace FunctionsMonitor.IntegrationTests.Telemetry;

/// <summary>The local host's telemetry, as a collector sees it.</summary>
public sealed class ExportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task Metrics_traces_and_logs_go_to_the_OTLP_endpoint()
    {
        await using var collector = await Collector.StartAsync();

        await RunAsync(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" });

        var metrics = collector.Received("/v1/metrics");
        Assert.Contains("functionsmonitor.events.accepted", metrics, StringComparison.Ordinal);
        Assert.Contains("functionsmonitor.flush.duration", metrics, StringComparison.Ordinal);
        Assert.Contains("resilience.polly", metrics, StringComparison.Ordinal);
        Assert.Contains("http.server.request.duration", metrics, StringComparison.Ordinal);
        Assert.Contains("/metrics/flush", collector.Received("/v1/traces"), StringComparison.Ordinal);
        Assert.Contains("Flushed 1 events", collector.Received("/v1/logs").Replace("{Events}", "1", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task They_go_to_Azure_Monitor_by_its_connection_string()
    {
        await using var collector = await Collector.StartAsync();

        await RunAsync(new()
        {
            ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = $"InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint={collector.Address}/",
            ["APPLICATIONINSIGHTS_STATSBEAT_DISABLED"] = "true",
        });

        Assert.Contains("functionsmonitor.events.accepted", collector.Received("/track"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authentication_string_that_says_something_else_keeps_the_host_from_starting_and_is_named()
    {
        var result = await LocalHostProcess.RunAsync(new()
        {
            Folder = folder.Path,
            Environment = new Dictionary<string, string>
            {
                ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = "InstrumentationKey=00000000-0000-0000-0000-000000000001",
                ["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] = "Authorization=Key",
            },
        });

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("APPLICATIONINSIGHTS_AUTHENTICATION_STRING must be 'Authorization=AAD'", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    /// <summary>One event, one flush, and a stop, which sends what was collected.</summary>
    private async Task RunAsync(Dictionary<string, string> environment)
    {
        await using var host = await LocalHostProcess.StartAsync(new() { Folder = folder.Path, Environment = environment });
        await host.Client.PostEventsAsync($$"""{"event_type":"a","timestamp":"{{TimeProvider.System.GetUtcNow():O}}","source":"b","data":{ } }""");
        await host.Client.FlushAsync();
        Assert.Equal(0, (await host.TerminateAsync()).ExitCode);
    }
}
