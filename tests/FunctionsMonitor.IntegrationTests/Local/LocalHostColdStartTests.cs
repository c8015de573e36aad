using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using FunctionsMonitor.IntegrationTests.Support;

namespace FunctionsMonitor.IntegrationTests.Local;

/// <summary>
/// What stands before the first answer of a new process, and above all what does not. How long it takes is a matter of the benchmarks
/// (<c>--cold-start</c>); what is loaded, watched and connected is the same on every machine.
/// </summary>
public sealed class LocalHostColdStartTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task What_the_first_answers_do_not_need_is_not_loaded()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a process has loaded is read from /proc.");
        await using var host = await StartAsync();
        // Compiled expressions are what endpoints cost that are mapped as any delegate; MVC comes in by attributes, the rest by methods that mention it.
        Assert.DoesNotContain(Loaded(host), file => file.StartsWith("Azure.", StringComparison.Ordinal));
        AssertNotLoaded(
            host, "Microsoft.AspNetCore.Mvc.Core.dll", "System.Linq.Expressions.dll", "Npgsql.dll", "OpenTelemetry.dll", "Polly.Extensions.dll", "Microsoft.Data.Sqlite.dll");

        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(host));
        AssertNotLoaded(host, "System.Linq.Expressions.dll", "Npgsql.dll", "OpenTelemetry.dll", "Polly.Extensions.dll", "libe_sqlite3.so");

        await host.Client.GetJsonAsync("/events");
        Assert.Contains("libe_sqlite3.so", Loaded(host));
        Assert.Contains("Polly.Extensions.dll", Loaded(host));
    }

    [Fact]
    public async Task The_database_is_not_connected_to_before_somebody_reads_or_flushes()
    {
        using var database = new TcpListener(IPAddress.Loopback, 0);
        database.Start();
        var port = ((IPEndPoint)database.LocalEndpoint).Port;
        await using var host = await StartAsync(
            ("ConnectionStrings__Postgres", string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=x;Password=x")));

        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(host));
        Assert.Contains("<html", await host.Client.GetStringAsync(new Uri("/dashboard", UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.False(database.Pending());

        var reading = host.Client.GetAsync(new Uri("/events", UriKind.Relative), TestContext.Current.CancellationToken);
        using (await database.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken))
        {
            // Closed at once: that it came is all that is asked.
        }

        database.Stop();
        using var answer = await reading;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Fact]
    public async Task It_has_the_system_watch_no_folder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a process watches is read from /proc.");
        await using var host = await StartAsync();
        // Its settings file is polled. A watch is a thread, and the system has few instances for a user.
        Assert.DoesNotContain(Directory.GetFiles($"/proc/{host.ProcessId}/fd"), file => File.ResolveLinkTarget(file, false)?.Name == "anon_inode:inotify");
    }

    [Fact]
    public void It_serialises_nothing_by_reflection() =>
        Assert.False(RuntimeProperties().GetProperty("System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault").GetBoolean());

    [Fact]
    public void Its_memory_follows_what_is_alive()
    {
        var properties = RuntimeProperties();
        Assert.False(properties.GetProperty("System.GC.Server").GetBoolean());
        Assert.Equal(4 << 20, properties.GetProperty("System.GC.Gen0MaxBudget").GetInt32());
        Assert.Equal(9, properties.GetProperty("System.GC.ConserveMemory").GetInt32());
    }

    public void Dispose() => folder.Dispose();

    private static void AssertNotLoaded(LocalHostProcess host, params string[] files)
    {
        var loaded = Loaded(host);
        Assert.Contains("FunctionsMonitor.Core.dll", loaded);
        Assert.DoesNotContain(loaded, files.Contains);
    }

    private static JsonElement RuntimeProperties() =>
        JsonElement.Parse(File.ReadAllBytes(Path.ChangeExtension(LocalHostProcess.ProgramPath, ".runtimeconfig.json")))
            .GetProperty("runtimeOptions").GetProperty("configProperties");

    /// <summary>The names of all files that are in its memory.</summary>
    private static HashSet<string> Loaded(LocalHostProcess host) =>
        [.. File.ReadLines($"/proc/{host.ProcessId}/maps").Where(line => line.Contains('/', StringComparison.Ordinal)).Select(line => Path.GetFileName(line)!)];

    private static async Task<HttpStatusCode> PostAsync(LocalHostProcess host) =>
        (await host.Client.PostEventsAsync("""{"event_type":"first","source":"test","data":{}}""")).Status;

    /// <summary>Looks at nothing but that it is alive, and does not ask by itself whether a flush is due while the test runs.</summary>
    private Task<LocalHostProcess> StartAsync(params (string Name, string Value)[] environment) => LocalHostProcess.StartAsync(new()
    {
        Folder = folder.Path,
        ReadyPath = "/health/live",
        Environment = environment.Append(("FlushTimer__TickInterval", "00:01:00")).ToDictionary(one => one.Item1, one => one.Item2),
    });
}
