using System.Globalization;
using FunctionsMonitor.IntegrationTests.Support;

namespace FunctionsMonitor.IntegrationTests.Dashboard;

/// <summary>
/// The page in a real browser. Each scenario also fails on any error in the page, on anything its content security policy had to stop, and on
/// a request to another host.
/// </summary>
public sealed class DashboardTests
{
    /// <summary>Set, the test of the pictures writes them where the README shows them.</summary>
    private const string WritePictures = "FUNCTIONSMONITOR_WRITE_PICTURES";

    [Theory]
    [InlineData("shows a posted event within the interval")]
    [InlineData("every chart has data")]
    [InlineData("a breaker is isolated and reset")]
    [InlineData("dead letters are looked at, replayed and discarded")]
    [InlineData("a running replay is seen by whoever looks, and stopped")]
    [InlineData("the tail stays usable under load")]
    [InlineData("hostile content stays text")]
    [InlineData("markup in every field of every answer stays text")]
    [InlineData("a part that cannot be read says so, and how old it is")]
    [InlineData("axe finds no serious fault")]
    [InlineData("axe finds no serious fault in any state")]
    [InlineData("nothing sticks out or overlaps, from a phone to a wall")]
    [InlineData("it can be worked with the keyboard alone")]
    [InlineData("an idle page asks once an interval, for next to nothing, and a hidden one not at all")]
    [InlineData("the first load is small")]
    public async Task On_the_page(string scenario)
    {
        using var folder = new TemporaryFolder();
        // The scenarios flush by themselves, so that what is stored when is theirs to say. Where the browser takes long to start, the timer would come first.
        await using var host = await LocalHostProcess.StartAsync(new()
        {
            Folder = folder.Path,
            Environment = new Dictionary<string, string> { ["MONITORING_BATCH_SIZE"] = "10000", ["FlushTimer__TickInterval"] = "00:01:00" },
        });
        TestContext.Current.SendDiagnosticMessage(await new BrowserScenario().RunAsync(scenario, host.Address));
    }

    [Fact]
    public async Task On_the_page_the_server_goes_and_comes_back()
    {
        using var folder = new TemporaryFolder();
        var host = await LocalHostProcess.StartAsync(new() { Folder = folder.Path });
        try
        {
            await new BrowserScenario()
                .On("stop", host.KillAsync)
                .On("start", async () => host = await LocalHostProcess.StartAsync(host.Options with { Urls = host.Address.ToString().TrimEnd('/') }))
                .RunAsync("the server goes and comes back", host.Address);
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task On_the_page_a_key_is_asked_for_where_one_is_needed()
    {
        using var folder = new TemporaryFolder();
        await using var host = await LocalHostProcess.StartAsync(new()
        {
            Folder = folder.Path,
            Key = "operate-key-0123456789",
            Environment = new Dictionary<string, string>
            {
                ["Keys__Ingest"] = "ingest-key-0123456789",
                ["Keys__Read"] = "read-key-0123456789",
                ["Keys__Operate"] = "operate-key-0123456789",
            },
        });
        await new BrowserScenario().RunAsync("it asks for a key", host.Address);
    }

    [Fact]
    public async Task The_pictures_of_the_README_can_be_made()
    {
        using var folder = new TemporaryFolder();
        var host = await LocalHostProcess.StartAsync(new() { Folder = folder.Path, Arguments = ["--demo"] });
        try
        {
            await SendHistoryAsync(host);
            var pictures = Environment.GetEnvironmentVariable(WritePictures) is { Length: > 0 } ? Path.Combine(BuildFacts.RepositoryPath, "docs") : folder.Path;
            await new BrowserScenario { Pictures = pictures }
                .On("break", async () =>
                {
                    // The process comes back and the metrics store does not: where its file belongs stands something else.
                    await host.KillAsync();
                    var store = Path.Combine(host.Options.DataPath, "metrics.db");
                    foreach (var file in Directory.GetFiles(host.Options.DataPath, "metrics.db*"))
                        File.Move(file, file + ".aside");
                    Directory.CreateDirectory(store);
                    host = await LocalHostProcess.StartAsync(host.Options with { Urls = host.Address.ToString().TrimEnd('/') });
                })
                .RunAsync("pictures", host.Address);
            Assert.All((string[])["dashboard.png", "dashboard-outage.png"], name => Assert.InRange(new FileInfo(Path.Combine(pictures, name)).Length, 10_000, 400_000));
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    /// <summary>A quarter of an hour of traffic that rises and falls, so that a chart has a shape.</summary>
    private static async Task SendHistoryAsync(LocalHostProcess host)
    {
        (string Type, string Source, int PerMinute)[] kinds =
        [
            ("page.viewed", "web-shop", 40), ("sensor.reading", "warehouse-1", 24), ("user.login", "auth-service", 18), ("checkout.completed", "web-shop", 17), ("job.completed", "batch-worker-2", 11),
        ];
        var now = TimeProvider.System.GetUtcNow();
        for (var minute = 14; minute > 0; minute--)
        {
            var lines = new List<string>();
            foreach (var (type, source, perMinute) in kinds)
            {
                var count = (int)(perMinute * (8 + (3 * Math.Sin(minute / 2.5)) + (minute % 4)));
                for (var i = 0; i < count; i++)
                {
                    var at = now.AddMinutes(-minute).AddSeconds(60.0 * i / count).ToString("O", CultureInfo.InvariantCulture);
                    // One in fifty, and now and then more, has no data.
                    var data = (i + minute) % (minute % 5 == 0 ? 20 : 50) == 0 ? "" : $$""","data":{"n":{{i}}}""";
                    lines.Add($$"""{"event_type":"{{type}}","source":"{{source}}","timestamp":"{{at}}"{{data}}}""");
                }
            }

            await host.Client.PostEventsAsync(string.Join('\n', lines), "application/x-ndjson");
            await host.Client.FlushAsync();
        }
    }
}
