using System.Diagnostics;
using System.Net;
using FunctionsMonitor.IntegrationTests.Support;

namespace FunctionsMonitor.IntegrationTests.Local;

/// <summary>From the first event to a stop, and over a restart.</summary>
public sealed class LocalHostLifeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task SIGTERM_ends_it_well_and_what_was_accepted_is_there_after_a_restart()
    {
        var from = TimeProvider.System.GetUtcNow().AddMinutes(-5);
        // No flush by itself: the event must survive in the buffer.
        var options = new LocalHostOptions
        {
            Folder = folder.Path,
            Environment = new Dictionary<string, string> { ["MONITORING_METRICS_PERSISTENCE"] = "false" },
        };
        await using (var host = await LocalHostProcess.StartAsync(options))
        {
            var (status, _) = await host.Client.PostEventsAsync(Event("before.restart"));
            Assert.Equal(HttpStatusCode.Accepted, status);

            var result = await host.TerminateAsync();

            Assert.Equal((0, ""), (result.ExitCode, result.Error));
            Assert.Contains("Everything acknowledged is durable; 1 events in 1 segments wait in", result.Output, StringComparison.Ordinal);
        }

        await using var next = await LocalHostProcess.StartAsync(new() { Folder = folder.Path });
        await next.Client.FlushAsync();
        Assert.Equal(1, (await next.Client.TotalsAsync(from)).GetValueOrDefault("before.restart"));
    }

    [Fact]
    public async Task SIGTERM_lets_a_request_in_flight_finish()
    {
        await using var host = await LocalHostProcess.StartAsync(new() { Folder = folder.Path });
        using var body = new SlowContent(Event("in.flight"));
        var answer = host.Client.PostAsync(new Uri("/events", UriKind.Relative), body, TestContext.Current.CancellationToken);
        await body.Begun;

        var terminated = host.TerminateAsync();
        body.Finish();

        using var response = await answer;
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(0, (await terminated).ExitCode);
    }

    [Fact]
    public async Task A_full_batch_is_flushed_without_being_asked()
    {
        var from = TimeProvider.System.GetUtcNow().AddMinutes(-5);
        await using var host = await LocalHostProcess.StartAsync(
            new() { Folder = folder.Path, Environment = new Dictionary<string, string> { ["MONITORING_BATCH_SIZE"] = "10" } });

        await host.Client.PostEventsAsync($"[{string.Join(',', Enumerable.Repeat(0, 25).Select(_ => Event("batch")))}]");

        var totals = await HostCalls.UntilAsync(() => host.Client.TotalsAsync(from), now => now.GetValueOrDefault("batch") == 25, Patience);
        Assert.Equal(25, totals.GetValueOrDefault("batch"));
    }

    [Fact]
    public async Task The_demo_shows_up_in_the_figures_by_itself()
    {
        var from = TimeProvider.System.GetUtcNow().AddMinutes(-5);
        var clock = Stopwatch.StartNew();
        await using var host = await LocalHostProcess.StartAsync(new() { Folder = folder.Path, Arguments = ["--demo"] });

        var totals = await HostCalls.UntilAsync(() => host.Client.TotalsAsync(from), now => now.Values.Sum() >= 100, Patience);

        Assert.True(totals.Values.Sum() >= 100, $"after {clock.Elapsed}: {string.Join(", ", totals)}\n{host.Output}");
        Assert.Contains("page.viewed", totals.Keys);
        Assert.DoesNotContain("warn", host.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await host.TerminateAsync()).ExitCode);
    }

    [Fact]
    public async Task The_demo_uses_the_key_where_keys_are_needed()
    {
        await using var host = await LocalHostProcess.StartAsync(new()
        {
            Folder = folder.Path,
            Arguments = ["--demo"],
            Key = "read-key-0123456789",
            Environment = new Dictionary<string, string>
            {
                ["Keys__Ingest"] = "ingest-key-0123456789",
                ["Keys__Read"] = "read-key-0123456789",
                ["Keys__Operate"] = "operate-key-0123456789",
            },
        });

        var totals = await HostCalls.UntilAsync(
            () => host.Client.TotalsAsync(TimeProvider.System.GetUtcNow().AddMinutes(-5)), now => now.Values.Sum() > 0, Patience);

        Assert.NotEmpty(totals);
    }

    public void Dispose() => folder.Dispose();

    private static string Event(string type) =>
        $$"""{"event_type":"{{type}}","source":"test","timestamp":"{{TimeProvider.System.GetUtcNow():O}}","data":{"n":1} }""";
}
