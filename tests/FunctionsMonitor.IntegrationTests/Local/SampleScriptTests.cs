using System.Diagnostics;
using System.Net;
using System.Text.Json;
using FunctionsMonitor.IntegrationTests.Support;

namespace FunctionsMonitor.IntegrationTests.Local;

/// <summary>The sample script as its README uses it.</summary>
public sealed class SampleScriptTests : IDisposable
{
    private static readonly string Samples = Path.Combine(BuildFacts.RepositoryPath, "samples");
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task The_sample_log_arrives_whole_and_by_type()
    {
        var log = Path.Combine(Samples, "dpkg.log");
        var expected = (await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken))
            .GroupBy(line => "dpkg." + line.Split(' ')[2]).ToDictionary(type => type.Key, type => (long)type.Count());
        var script = await RunAsync(["--end-now", "--source", "web-1", log], "");
        Assert.Equal((0, ""), (script.ExitCode, script.Error));
        await using var host = await LocalHostProcess.StartAsync(new() { Folder = folder.Path });

        var (status, answer) = await host.Client.PostEventsAsync(script.Output, "application/x-ndjson");
        await host.Client.FlushAsync();

        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal((expected.Values.Sum(), 0), (answer.GetProperty("accepted").GetInt64(), answer.GetProperty("rejected").GetInt64()));
        Assert.Equal(expected, await host.Client.TotalsAsync(TimeProvider.System.GetUtcNow().AddDays(-29)));
        var figures = (await host.Client.GetJsonAsync($"/metrics/validation?from={TimeProvider.System.GetUtcNow().AddDays(-29):yyyy-MM-ddTHH:mm:ssZ}"))
            .GetProperty("types").EnumerateArray();
        Assert.All(figures, type => Assert.Equal((0, 0), (type.GetProperty("errors").GetInt64(), type.GetProperty("warnings").GetInt64())));
    }

    [Fact]
    public async Task What_JSON_cannot_hold_is_escaped_and_what_has_no_time_is_skipped()
    {
        var script = await RunAsync(
            ["--offset", "+02:00", "--source", "a\"b\\"],
            "2026-11-24T10:00:00.123456Z say \"hi\" \\ tab\there é\r\nno time here\n2026-11-24 10:00:00,5 conffile /etc/a b keep\n\n"
            + "2026-11-24 10:00:01 install foo:amd64 <none> 1.0\n");

        var events = script.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();

        Assert.Equal(["log.line", "dpkg.conffile", "dpkg.install"], events.Select(item => item.GetProperty("event_type").GetString()));
        Assert.Equal(
            ["2026-11-24T10:00:00.123456Z", "2026-11-24T10:00:00.5+02:00", "2026-11-24T10:00:01+02:00"],
            events.Select(item => item.GetProperty("timestamp").GetString()));
        Assert.Equal("say \"hi\" \\ tab\there é", events[0].GetProperty("data").GetProperty("line").GetString());
        Assert.Equal("/etc/a b", events[1].GetProperty("data").GetProperty("path").GetString());
        Assert.Equal(JsonValueKind.Null, events[2].GetProperty("data").GetProperty("old_version").ValueKind);
        Assert.All(events, item => Assert.Equal("a\"b\\", item.GetProperty("source").GetString()));
        Assert.StartsWith("dpkg-log-to-events.sh: 1 lines do not begin with a time; skipped.", script.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shifting_keeps_the_distances()
    {
        var script = await RunAsync(["--end-now"], "2024-02-28T23:59:58.25Z a\n2024-03-01T00:00:00+00:00 b\n");

        var times = script.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonElement.Parse(line).GetProperty("timestamp").GetDateTimeOffset()).ToList();

        // 2024 is a leap year: a day and two seconds, less the quarter that the first has and the second not.
        Assert.Equal(new TimeSpan(1, 0, 0, 2) - TimeSpan.FromSeconds(0.25), times[1] - times[0]);
        Assert.InRange(TimeProvider.System.GetUtcNow() - times[1], TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task An_unknown_option_is_named()
    {
        var script = await RunAsync(["--end"], "");

        Assert.Equal((2, "dpkg-log-to-events.sh: unknown option '--end'; --help lists what there is\n"), (script.ExitCode, script.Error));
    }

    public void Dispose() => folder.Dispose();

    private static async Task<ProcessResult> RunAsync(IEnumerable<string> arguments, string input)
    {
        using var process = Process.Start(new ProcessStartInfo("sh", [Path.Combine(Samples, "dpkg-log-to-events.sh"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(LocalHostProcess.StopTimeout);
        return new ProcessResult(process.ExitCode, await output, await error);
    }
}
