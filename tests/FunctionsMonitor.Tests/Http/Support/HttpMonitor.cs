using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Local.Access;
using FunctionsMonitor.Local.Startup;
using FunctionsMonitor.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsMonitor.Tests.Http.Support;

/// <summary>
/// The local host as its program composes it, in this process: real Kestrel on a port of its own, real embedded stores in a folder of its own.
/// Only the clock is the test's, and nothing flushes unless it is asked to. Whatever it answers that the catalog does not list for the
/// endpoint (a 500 first of all) fails the test when the monitor goes.
/// </summary>
internal sealed class HttpMonitor : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Answered before the endpoint is asked, so no row lists them.</summary>
    private static readonly int[] OfEveryEndpoint = [401, 403, 421, EndpointInvoker.ClientClosedRequest];

    private readonly WebApplication app;
    private readonly RequestCounts counts;
    private readonly List<string> undeclared;

    private HttpMonitor(WebApplication app, string folder, FakeTimeProvider time, RequestCounts counts, List<string> undeclared)
    {
        this.app = app;
        this.counts = counts;
        this.undeclared = undeclared;
        Folder = folder;
        Time = time;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(app.Urls.Single()),
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    public HttpClient Client { get; }

    public FakeTimeProvider Time { get; }

    public string Folder { get; }

    public FlagManager Flags => Get<FlagManager>();

    public int Port => Client.BaseAddress!.Port;

    private string SegmentFolder => Path.Combine(Folder, "segments");

    public string[] SegmentFiles => Directory.Exists(SegmentFolder) ? [.. Directory.GetFiles(SegmentFolder).Order(StringComparer.Ordinal)] : [];

    public static async Task<HttpMonitor> StartAsync(Action<IServiceCollection>? configure = null, Dictionary<string, string?>? settings = null)
    {
        var folder = Directory.CreateTempSubdirectory("functionsmonitor-test-").FullName;
        var time = new FakeTimeProvider(Start);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.ClearProviders();
        builder.LimitRequests();
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddFunctionsMonitorCore(builder.Configuration);
        builder.Services.AddEmbeddedStores(builder.Configuration, folder);
        builder.Services.AddFunctionsMonitorHttp();
        builder.Services.AddSingleton<IFlagSource>(
            new ConfigurationFlagSource(builder.Configuration.GetSection(ConfigurationFlagSource.Section), time));
        builder.Services.AddAccessGuard(builder.Configuration);
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var counts = new RequestCounts();
        app.Use(counts.CountAsync);
        var undeclared = new List<string>();
        var log = AnswerLog.OfCurrentTest();
        app.Use((context, next) =>
        {
            // Before the first byte leaves: a test that has the answer may rely on its being noted.
            context.Response.OnStarting(() =>
            {
                Note(context, log, undeclared);
                return Task.CompletedTask;
            });
            return next(context);
        });
        app.UseMiddleware<AccessGuard>();
        app.MapFunctionsMonitor();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new HttpMonitor(app, folder, time, counts, undeclared);
    }

    public T Get<T>() where T : notnull => app.Services.GetRequiredService<T>();

    /// <summary>A valid event as JSON.</summary>
    public string Event(string type = "test.event", Guid? id = null, string data = """{"n":1}""", string source = "tests", DateTimeOffset? at = null) =>
        $$"""{"event_id":"{{id ?? Guid.NewGuid()}}","event_type":"{{type}}","timestamp":"{{at ?? Time.GetUtcNow():O}}","source":"{{source}}","data":{{data}}}""";

    public Task<HttpResponseMessage> GetAsync(string path) => Client.GetAsync(path, TestContext.Current.CancellationToken);

    /// <summary>A GET that must be answered 200, as JSON.</summary>
    public async Task<JsonElement> ReadAsync(string path)
    {
        using var response = await GetAsync(path);
        return await response.ReadJsonAsync(HttpStatusCode.OK);
    }

    public Task<HttpResponseMessage> PostAsync(string path) => Client.PostAsync(path, null, TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> PostAsync(string path, string body, string contentType = "application/json") =>
        PostAsync(path, Encoding.UTF8.GetBytes(body), contentType);

    public Task<HttpResponseMessage> PostAsync(string path, byte[] body, string? contentType = "application/json", string? encoding = null)
    {
        var content = new ByteArrayContent(body);
        if (contentType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return PostAsync(path, content);
    }

    public Task<HttpResponseMessage> PostAsync(string path, HttpContent content) => Client.PostAsync(path, content, TestContext.Current.CancellationToken);

    /// <summary>Events that must be taken; the answer as JSON.</summary>
    public async Task<JsonElement> IngestAsync(string body)
    {
        using var response = await PostAsync("/events", body);
        return await response.ReadJsonAsync(HttpStatusCode.Accepted);
    }

    /// <summary>A flush that must succeed; its report as JSON.</summary>
    public async Task<JsonElement> FlushAsync()
    {
        using var response = await PostAsync("/metrics/flush");
        return await response.ReadJsonAsync(HttpStatusCode.OK);
    }

    /// <summary>An event stored, and another one with its identity and other bytes among the dead letters, whose id this is.</summary>
    public async Task<string> MakeDeadLetterAsync(string type = "test.event")
    {
        var id = Guid.NewGuid();
        await IngestAsync(Event(type, id, """{"v":1}"""));
        await IngestAsync(Event(type, id, """{"v":2}"""));
        Assert.Equal(1, (await FlushAsync()).GetProperty("dead_lettered").GetInt64());
        return (await ReadAsync("/dead-letters?limit=1000")).GetProperty("items").EnumerateArray().Last().GetProperty("id").GetString()!;
    }

    /// <summary>So many requests have come in, and none is being answered any more; for those whose sender is not there to see the answer.</summary>
    public Task AnsweredAsync(int requests) => Eventually.TrueAsync(() => Task.FromResult(counts.Ended >= requests));

    /// <summary>So many requests have come in.</summary>
    public Task BegunAsync(int requests) => Eventually.TrueAsync(() => Task.FromResult(counts.Begun >= requests));

    /// <summary>Nothing that was acknowledged waits, and nothing that was not was kept.</summary>
    public async Task AssertNothingKeptAsync()
    {
        Assert.Empty(SegmentFiles);
        await FlushAsync();
        Assert.Equal(0, (await ReadAsync("/events")).GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await ReadAsync("/metrics/ledger")).GetProperty("accepted").GetInt64());
    }

    /// <summary>From now on no segment can be written: a file stands where their folder belongs. Undone by <see cref="HealSegmentStore"/>.</summary>
    public void BreakSegmentStore()
    {
        if (Directory.Exists(SegmentFolder))
            Directory.Move(SegmentFolder, SegmentFolder + ".aside");
        File.WriteAllText(SegmentFolder, "in the way");
    }

    public void HealSegmentStore()
    {
        File.Delete(SegmentFolder);
        if (Directory.Exists(SegmentFolder + ".aside"))
            Directory.Move(SegmentFolder + ".aside", SegmentFolder);
    }

    /// <summary>The metrics file cannot be opened; to be called before it first is.</summary>
    public void BreakMetricsStore() => Directory.CreateDirectory(Path.Combine(Folder, "metrics.db"));

    public void HealMetricsStore() => Directory.Delete(Path.Combine(Folder, "metrics.db"));

    /// <summary>The file of the operator log cannot be opened; to be called before it first is.</summary>
    public void BreakStateStore() => Directory.CreateDirectory(Path.Combine(Folder, "state", "state.db"));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        lock (undeclared)
            Assert.Empty(undeclared);
    }

    private static void Note(HttpContext context, AnswerLog? log, List<string> undeclared)
    {
        var status = context.Response.StatusCode;
        if (context.GetEndpoint()?.Metadata.GetMetadata<EndpointDescription>() is not { } row || row == EndpointCatalog.Fallback)
            return;

        log?.Note(row.Name, status);
        var declared = row.Responses.FirstOrDefault(response => response.Status == status);
        if (declared is null && !OfEveryEndpoint.Contains(status))
            Add($"{row.Name} answered {status}, which the catalog does not list.");
        if (declared?.Body is not null && MediaTypeHeaderValue.Parse(context.Response.ContentType!).MediaType != declared.ContentType)
            Add($"{row.Name} answered {status} as {context.Response.ContentType}, not as {declared.ContentType}.");

        void Add(string what)
        {
            lock (undeclared)
                undeclared.Add(what);
        }
    }
}
