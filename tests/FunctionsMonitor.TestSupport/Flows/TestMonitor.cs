using System.IO.Pipelines;
using System.Text;
using DurableCircuitBreaker;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Idempotency;
using FunctionsMonitor.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsMonitor.TestSupport.Flows;

/// <summary>The whole core on its embedded stores in a folder of its own, or on the metrics store that its settings name; with a clock that only the test moves.</summary>
internal sealed class TestMonitor : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly bool ownsFolder;

    public TestMonitor(
        string? folder = null, Action<IServiceCollection>? configure = null, Dictionary<string, string?>? settings = null, FakeTimeProvider? time = null)
    {
        ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("functionsmonitor-test-").FullName;
        Time = time ?? new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings ?? []).Build();
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(Time);
        collection.AddSingleton<IConfiguration>(configuration);
        collection.AddLogging(builder => builder.AddFakeLogging());
        collection.AddFunctionsMonitorCore(configuration);
        collection.AddEmbeddedStores(configuration, Folder);
        collection.AddConfiguredMetricsStore(configuration);
        // In memory: a flush then has no wait of its own, and the test's clock stands still where it says so.
        collection.AddSingleton<IBreakerStateStore>(new InMemoryBreakerStateStore(Time));
        configure?.Invoke(collection);
        services = collection.BuildServiceProvider(validateScopes: true);
    }

    public FakeTimeProvider Time { get; }

    public string Folder { get; }

    public string SegmentFolder => Path.Combine(Folder, "segments");

    public FlagManager Flags => Get<FlagManager>();

    public string[] SegmentFiles => Directory.Exists(SegmentFolder) ? [.. Directory.GetFiles(SegmentFolder).Order(StringComparer.Ordinal)] : [];

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public ValueTask<IngestResult> PostAsync(string body, EventFormat format = EventFormat.Json) => PostAsync(Encoding.UTF8.GetBytes(body), format);

    public async ValueTask<IngestResult> PostAsync(byte[] body, EventFormat format = EventFormat.Json) =>
        await Get<EventIngestor>().IngestAsync(PipeReader.Create(new MemoryStream(body)), format, TestContext.Current.CancellationToken);

    /// <summary>A request with an idempotency key; the answer's body names the segment.</summary>
    public async ValueTask<(IdempotencyAnswer Answer, bool Replayed)> PostOnceAsync(string key, string body, EventFormat format = EventFormat.Json)
    {
        Assert.True(IdempotencyKey.TryParse(key, out var parsed));
        return await Get<IdempotentIngestor>().IngestAsync(
            parsed, PipeReader.Create(new MemoryStream(Encoding.UTF8.GetBytes(body))), format,
            result => new(202, "text/plain", Encoding.UTF8.GetBytes($"{result.Accepted} {result.Rejected} {result.SegmentId}")),
            TestContext.Current.CancellationToken);
    }

    public ValueTask<FlushReport> FlushAsync() => Get<MetricsPersister>().FlushAsync("manual", TestContext.Current.CancellationToken);

    public ValueTask<LedgerReport> LedgerAsync() => Get<LedgerService>().ComputeAsync(TestContext.Current.CancellationToken);

    public ValueTask<IReadOnlyList<StoredEvent>> EventsAsync(int limit = 1000) =>
        Get<IMetricsQueries>().ListEventsAsync(new EventQuery { Limit = limit }, TestContext.Current.CancellationToken);

    public async ValueTask<ValidationRollup> RollupAsync(string type) =>
        (await Get<IMetricsQueries>().ListValidationAsync(new(0, long.MaxValue, 0), TestContext.Current.CancellationToken)).Single(r => r.EventType == type);

    /// <summary>A valid event as JSON.</summary>
    public string Event(string type = "test.event", Guid? id = null, string data = """{"n":1}""", string source = "tests", DateTimeOffset? at = null) =>
        $$"""{"event_id":"{{id ?? Guid.NewGuid()}}","event_type":"{{type}}","timestamp":"{{at ?? Time.GetUtcNow():O}}","source":"{{source}}","data":{{data}}}""";

    public async ValueTask DisposeAsync()
    {
        // Bounded: a test that fails while it holds up a write must not hang here for ever.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        foreach (var service in services.GetServices<IHostedService>().OfType<EventBuffer>())
            await service.StopAsync(patience.Token);
        await services.DisposeAsync();
        if (ownsFolder)
            Directory.Delete(Folder, recursive: true);
    }
}
