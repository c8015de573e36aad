using System.Net;
using System.Net.Sockets;
using FunctionsMonitor.IntegrationTests.Support;

namespace FunctionsMonitor.IntegrationTests.Local;

/// <summary>What a person at a terminal sees: an address, or one clear line.</summary>
public sealed class LocalHostStartTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task It_starts_on_a_free_port_says_where_and_what_to_try_and_answers()
    {
        await using var host = await StartAsync();

        Assert.NotEqual(0, host.Address.Port);
        Assert.Contains($"data in {host.Options.DataPath}", host.Output, StringComparison.Ordinal);
        Assert.Contains($"curl -X POST http://127.0.0.1:{host.Address.Port}/metrics/flush", host.Output, StringComparison.Ordinal);
        var (status, body) = await host.Client.PostEventsAsync(
            $$"""{"event_type":"hello","source":"test","timestamp":"{{TimeProvider.System.GetUtcNow():O}}","data":{} }""");
        Assert.Equal((HttpStatusCode.Accepted, 1), (status, body.GetProperty("accepted").GetInt32()));
    }

    [Fact]
    public async Task Requests_leave_no_line_in_its_log()
    {
        await using var host = await StartAsync();
        var before = host.Output;

        for (var i = 0; i < 20; i++)
            await host.Client.GetJsonAsync("/status");

        Assert.Equal(before, host.Output);
    }

    [Fact]
    public async Task Help_names_the_options_and_ends_well()
    {
        var result = await RunAsync("--help");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        foreach (var option in new[] { "--demo", "--urls", "--version", "--help", "FunctionsMonitor__DataPath", "7071" })
            Assert.Contains(option, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        var result = await RunAsync("--version");

        Assert.Matches(@"^\d+\.\d+\.\d+\n$", result.Output);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task An_unknown_argument_is_named() =>
        AssertRefused("Unknown argument '--dmeo'. --help lists what there is.", await RunAsync("--dmeo"));

    [Theory]
    [InlineData("Flush__TransactionEvents", "0", "Flush:TransactionEvents is 0; it must be from 1 to 1000000.")]
    [InlineData("FlushTimer__TickInterval", "00:02:00", "FlushTimer:TickInterval is 00:02:00; it must be from 00:00:00.1000000 to 00:01:00.")]
    [InlineData("Keys__Read", "short", "Keys:Ingest is missing; give all three keys or none. Keys:Read has 5 characters; it must have at least 16. Keys:Operate is missing; give all three keys or none.")]
    [InlineData("Flush__TransactionEvents", "many", "Flush:TransactionEvents is 'many'; it must be a whole number that is not too large.")]
    [InlineData("Resilience__Default__FailureTreshold", "3", "Resilience:Default:FailureTreshold is no setting; there are TotalTimeout, ")]
    [InlineData("ConnectionStrings__Postgres", "Host=db", "Postgres:ConnectionString goes to another machine and must ask for TLS")]
    [InlineData("Postgres__Host", "db", "Postgres:Database and Host need each other.")]
    [InlineData("ConnectionStrings__AzureStorage", "x", "is not a storage account's connection string (where it is not set itself, ConnectionStrings:AzureStorage is meant")]
    [InlineData("AppConfiguration__Endpoint", "https://x.azconfig.io", "AppConfiguration is set, but only the Azure Functions app has flags from there. Remove the setting.")]
    [InlineData("Kestrel__Endpoints__A__Url", "http://*:80", "Kestrel:Endpoints is not supported; use ASPNETCORE_URLS.")]
    public async Task A_wrong_setting_is_named(string variable, string value, string message) =>
        AssertRefused(message, await LocalHostProcess.RunAsync(new() { Folder = folder.Path, Environment = new Dictionary<string, string> { [variable] = value } }));

    [Theory]
    [InlineData("not a url", "ASPNETCORE_URLS has 'not a url'")]
    [InlineData("http://0.0.0.0:0", "http://0.0.0.0:0 can be reached from other machines, so Keys:Ingest, Keys:Read and Keys:Operate must be set")]
    [InlineData("http://127.0.0.1:0;http://*:0", "http://*:0 can be reached from other machines")]
    public async Task A_wrong_address_is_named(string urls, string message) => AssertRefused(message, await LocalHostProcess.RunAsync(
        new() { Folder = folder.Path, Urls = null, Environment = new Dictionary<string, string> { ["ASPNETCORE_URLS"] = urls } }));

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";

        AssertRefused($"cannot listen on {url} (ASPNETCORE_URLS or --urls)", await LocalHostProcess.RunAsync(new() { Folder = folder.Path, Urls = url }));
    }

    [Fact]
    public async Task A_data_path_that_is_a_file_is_named()
    {
        await File.WriteAllTextAsync(folder["data"], "not a folder");

        AssertRefused($"FunctionsMonitor:DataPath is '{folder["data"]}', which is a file; it must be a folder.", await RunAsync());
    }

    [Fact]
    public async Task A_data_path_below_a_file_is_named()
    {
        await File.WriteAllTextAsync(folder["file"], "");
        var path = folder["file/data"];

        AssertRefused($"FunctionsMonitor:DataPath is '{path}', which cannot be written:", await LocalHostProcess.RunAsync(
            new() { Folder = folder.Path, Environment = new Dictionary<string, string> { ["FunctionsMonitor__DataPath"] = path } }));
    }

    [Theory]
    [InlineData("local.settings.json", "{", "local.settings.json is not JSON:")]
    [InlineData("local.settings.json", """{"IsEncrypted":true}""", "local.settings.json is encrypted")]
    [InlineData("appsettings.json", "{", "appsettings.json cannot be used:")]
    public async Task A_settings_file_that_cannot_be_read_is_named(string name, string content, string message)
    {
        await File.WriteAllTextAsync(folder[name], content);

        AssertRefused(message, await RunAsync());
    }

    [Fact]
    public async Task Flags_come_from_the_environment_then_local_settings_then_the_file()
    {
        await File.WriteAllTextAsync(
            folder["appsettings.json"], """{"Flags":{"MONITORING_BATCH_SIZE":11,"MONITORING_TIMEOUT_MS":1111,"MONITORING_DUAL_MODE":true}}""");
        await File.WriteAllTextAsync(
            folder["local.settings.json"], """{"Values":{"MONITORING_BATCH_SIZE":"22","MONITORING_TIMEOUT_MS":"2222"}}""");
        await using var host = await StartAsync(new Dictionary<string, string> { ["MONITORING_BATCH_SIZE"] = "33" });

        var flags = (await host.Client.GetJsonAsync("/flags/status")).GetProperty("flags").EnumerateArray()
            .ToDictionary(flag => flag.GetProperty("name").GetString()!, flag => $"{flag.GetProperty("value")} {flag.GetProperty("source")}");

        Assert.Equal("33 environment", flags["MONITORING_BATCH_SIZE"]);
        Assert.Equal("2222 environment", flags["MONITORING_TIMEOUT_MS"]);
        Assert.Equal("True file", flags["MONITORING_DUAL_MODE"]);
        Assert.Equal("300 default", flags["MONITORING_METRICS_FLUSH_INTERVAL"]);
    }

    [Fact]
    public async Task A_flag_that_is_changed_in_the_file_is_taken_up()
    {
        await File.WriteAllTextAsync(folder["appsettings.json"], """{"Flags":{"MONITORING_BATCH_SIZE":11}}""");
        await using var host = await StartAsync(new Dictionary<string, string> { ["FlagSources__RefreshInterval"] = "00:00:01" });
        Assert.Equal(11, await BatchSizeAsync(host));

        await File.WriteAllTextAsync(folder["appsettings.json"], """{"Flags":{"MONITORING_BATCH_SIZE":12}}""");

        await Eventually.TrueAsync(async () => await BatchSizeAsync(host) == 12, "the flag has its new value");

        static async Task<int> BatchSizeAsync(LocalHostProcess host) => (await host.Client.GetJsonAsync("/flags/status")).GetProperty("flags").EnumerateArray()
            .Single(flag => flag.GetProperty("name").ValueEquals("MONITORING_BATCH_SIZE")).GetProperty("value").GetInt32();
    }

    /// <summary>
    /// The system would tell of every file below the folder that is watched, and below the current one are the segments: under load that was a twelfth
    /// of all the host did.
    /// </summary>
    [Fact]
    public async Task The_folders_below_the_current_one_are_not_watched()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Where /proc tells what a process watches.");
        const int Folders = 200;
        foreach (var number in Enumerable.Range(0, Folders))
            Directory.CreateDirectory(folder[$"below/{number}"]);
        await File.WriteAllTextAsync(folder["appsettings.json"], "{}");
        await using var host = await StartAsync();

        var watched = new DirectoryInfo($"/proc/{host.ProcessId}/fdinfo").GetFiles()
            .Sum(file => File.ReadLines(file.FullName).Count(line => line.StartsWith("inotify wd:", StringComparison.Ordinal)));

        // What is left are folders of the program's own.
        Assert.InRange(watched, 0, Folders / 2);
    }

    public void Dispose() => folder.Dispose();

    private static void AssertRefused(string message, ProcessResult result)
    {
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("functionsmonitor: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
        Assert.Equal("", result.Output);
    }

    private Task<LocalHostProcess> StartAsync(IReadOnlyDictionary<string, string>? environment = null) => LocalHostProcess.StartAsync(
        new() { Folder = folder.Path, Environment = environment ?? new Dictionary<string, string>() });

    private Task<ProcessResult> RunAsync(params string[] arguments) =>
        LocalHostProcess.RunAsync(new() { Folder = folder.Path, Arguments = arguments });
}
