using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using DurableCircuitBreaker;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.IntegrationTests.Chaos;
using FunctionsMonitor.IntegrationTests.Support;
using FunctionsMonitor.Storage;
using FunctionsMonitor.Storage.Postgres;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FunctionsMonitor.IntegrationTests.Postgres.Faults;

/// <summary>
/// The core as a host composes it, its segments in a folder, on a real PostgreSQL and by the real clock; only its pauses are short. It remembers
/// what it accepted, for the judgement.
/// </summary>
internal sealed class FaultMonitor : IAsyncDisposable
{
    private readonly ServiceProvider services;

    /// <param name="folder">Of the segments; several may share one.</param>
    /// <param name="connectionString">Perhaps through a proxy.</param>
    /// <param name="path">The only way in; null: all of them, in order.</param>
    /// <param name="settings">Beyond those of the tests.</param>
    public FaultMonitor(string folder, string connectionString, string? path = null, params IReadOnlyList<(string Key, string Value)> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(
            settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
        {
            ["ConnectionStrings:Postgres"] = connectionString,
            ["Resilience:Default:RetryDelay"] = "00:00:00.020",
            ["Resilience:Default:BreakDuration"] = "00:00:00.500",
            ["Resilience:Default:MaxBreakDuration"] = "00:00:00.500",
            ["Resilience:Default:RefreshInterval"] = "00:00:00.100",
        }).Build();
        var collection = new ServiceCollection();
        collection.AddSingleton(TimeProvider.System).AddSingleton<IConfiguration>(configuration).AddLogging();
        collection.AddSingleton<IFlagSource>(new ConfigurationFlagSource(configuration.GetSection(ConfigurationFlagSource.Section), TimeProvider.System));
        collection.AddFunctionsMonitorCore(configuration);
        collection.AddEmbeddedStores(configuration, folder);
        collection.AddConfiguredMetricsStore(configuration);
        collection.AddSingleton<IBreakerStateStore>(new InMemoryBreakerStateStore(TimeProvider.System));
        if (path is not null)
        {
            collection.AddSingleton<IMetricsStore>(provider =>
            {
                var source = provider.GetRequiredService<NpgsqlDataSource>();
                return new PostgresMetricsStore(source, [Ways.Open(path, source)], 1, TimeProvider.System, NullLogger<PostgresMetricsStore>.Instance);
            });
        }

        services = collection.BuildServiceProvider();
    }

    public static TheoryData<string> Paths { get; } = [.. Ways.Names];

    /// <summary>What was sent and what was accepted.</summary>
    public Obligations Obligations { get; init; } = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>One request, which is one segment.</summary>
    /// <param name="count">Of events.</param>
    /// <param name="source">Of the one in the middle; the others come from <c>tests</c>.</param>
    /// <param name="padding">Bytes that each has beyond what it must.</param>
    /// <returns>The one in the middle.</returns>
    public async Task<Guid> PostAsync(int count = 1, string source = "tests", int padding = 0)
    {
        var ids = Enumerable.Range(0, count).Select(_ => Guid.NewGuid()).ToList();
        await PostAsync(string.Join(',', ids.Select((id, i) => Write(id, i == count / 2 ? source : "tests", i, padding))), count);
        Obligations.Owe(ids);
        return ids[count / 2];
    }

    /// <summary>One that the database will refuse: it is owed to nobody, and judged by the test.</summary>
    public async Task<Guid> PostRefusedAsync(string source)
    {
        var id = Guid.NewGuid();
        await PostAsync(Write(id, source, 0, 0), 1);
        return id;
    }

    /// <summary>A flush that must come to an end, whatever end.</summary>
    public Task<FlushReport> FlushAsync() =>
        services.GetRequiredService<MetricsPersister>().FlushAsync("manual", Token).AsTask().WaitAsync(Eventually.Bound, Token);

    public ValueTask<LedgerReport> LedgerAsync() => services.GetRequiredService<LedgerService>().ComputeAsync(Token);

    public async Task<IReadOnlyList<DeadLetter>> DeadLettersAsync() =>
        await services.GetRequiredService<MetricsReader>().ListAsync(new(), null, 1000, Token);

    /// <summary>
    /// Every obligation is stored once, nothing unknown is, the bytes are equal, the books balance, nothing waits, and a fresh event passes.
    /// </summary>
    public async Task<LedgerReport> JudgeAsync()
    {
        await DrainAsync();
        var faults = Obligations.Judge(await ReadAllAsync());
        Assert.True(faults.Count == 0, $"{Obligations.Owed} owed:\n{string.Join('\n', faults.Take(20))}");
        var ledger = await LedgerAsync();
        Assert.True(ledger.Balanced, ledger.ToString());

        var fresh = await PostAsync();
        await DrainAsync();
        Assert.Contains(await ReadAllAsync(), item => item.Id == fresh);
        return ledger;
    }

    public async Task DrainAsync()
    {
        FlushReport? last = null;
        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    try
                    {
                        last = await FlushAsync();
                        return (await LedgerAsync()).Pending == 0;
                    }
                    catch (Exception exception) when (exception is FlushInProgressException or MetricsStoreUnavailableException)
                    {
                        return false;
                    }
                },
                "nothing waits");
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The buffer was not drained. The last flush said: {last?.Outcome} {string.Join(' ', last?.Notes ?? [])}");
        }
    }

    public async ValueTask DisposeAsync() => await services.DisposeAsync();

    private async Task PostAsync(string events, int count)
    {
        var result = await services.GetRequiredService<EventIngestor>().IngestAsync(
            PipeReader.Create(new MemoryStream(Encoding.UTF8.GetBytes($"[{events}]"))), EventFormat.Json, Token);
        Assert.Equal(count, result.Accepted);
    }

    private string Write(Guid id, string source, int number, int padding)
    {
        var data = string.Create(CultureInfo.InvariantCulture, $$"""{ "n" : {{number}} , "n" : 1.50e+2, "text":"\u0000\u00e9 é", "more":"{{new string('x', padding)}}"}""");
        Obligations.Send(id, data);
        return $$"""{"event_id":"{{id}}","event_type":"fault","timestamp":"{{TimeProvider.System.GetUtcNow():O}}","source":"{{source}}","data":{{data}}}""";
    }

    private async Task<List<(Guid Id, string Data)>> ReadAllAsync()
    {
        const int Page = 1000;
        var stored = new List<(Guid, string)>();
        EventKey? after = null;
        while (true)
        {
            var page = await services.GetRequiredService<MetricsReader>().ListEventsAsync(new EventQuery { Limit = Page, After = after }, Token);
            stored.AddRange(page.Select(item => (item.Key.Id, Encoding.UTF8.GetString(item.Data!.Value.Span))));
            if (page.Count < Page)
                return stored;
            after = page[^1].Key;
        }
    }
}
