using System.IO.Pipelines;
using System.Text;
using DurableCircuitBreaker;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Resilience;
using FunctionsMonitor.Storage;
using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Postgres;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace FunctionsMonitor.IntegrationTests.Postgres.WritePaths;

/// <summary>Which way a flush takes when one after the other is closed to the application's role.</summary>
public sealed class PathOrderTests(PostgresFixture postgres)
{
    private const string DropFunction = "DROP FUNCTION monitoring.ingest_segments";
    private const string RevokeFunction = "REVOKE EXECUTE ON FUNCTION monitoring.ingest_segments FROM monitoring_ingest";
    private const string RevokeTable = "REVOKE INSERT ON monitoring.events FROM monitoring_ingest";
    private const string RevokeView = "REVOKE INSERT ON public.monitoring_events_insert FROM monitoring_ingest";

    [Theory]
    [InlineData("", "rpc")]
    [InlineData(DropFunction, "direct", "Path rpc was not used: 42883")]
    [InlineData(RevokeFunction, "direct", "Path rpc was not used: 42501")]
    [InlineData($"{RevokeFunction};{RevokeTable}", "view", "Path rpc was not used: 42501", "Path direct was not used: 42501")]
    public async Task The_next_open_way_is_taken_and_the_report_says_why(string harm, string path, params string[] notes)
    {
        await using var monitor = await FlushedDatabase.CreateAsync(postgres, harm);
        await monitor.PostAsync();
        await monitor.PostAsync();
        await monitor.PostAsync();
        var report = await monitor.FlushAsync();

        Assert.Equal((FlushOutcome.Completed, path, 3L, 0), (report.Outcome, report.Path, report.Stored, report.Retries));
        Assert.Equal(notes.Length, report.Notes.Count);
        Assert.All(notes.Zip(report.Notes), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));

        // Three transactions: a closed way is tried once a flush, the open one every time; and a closed way is no failure of the store.
        var metrics = monitor.Metrics();
        Assert.Equal(
            [.. notes.Select(note => (note.Split(' ')[1], 1L, 0L)), (path, 3L, 3L)],
            metrics.Paths.Select(way => (way.Name, way.Calls, way.Successes)).OrderBy(way => way.Item2).ThenByDescending(way => way.Name));
        Assert.True(metrics.Breaker.IsPassing);
    }

    [Fact]
    public async Task A_way_that_was_closed_is_tried_anew_at_the_next_flush()
    {
        await using var monitor = await FlushedDatabase.CreateAsync(postgres, RevokeFunction);
        await monitor.PostAsync();
        Assert.Equal("direct", (await monitor.FlushAsync()).Path);

        await monitor.Database.RunAsync("GRANT EXECUTE ON FUNCTION monitoring.ingest_segments TO monitoring_ingest");
        await monitor.PostAsync();
        Assert.Equal("rpc", (await monitor.FlushAsync()).Path);
        Assert.Equal(2, await monitor.Database.ScalarAsync<long>("SELECT count(*) FROM monitoring.events"));
    }

    [Fact]
    public async Task With_every_way_closed_the_segments_stay()
    {
        await using var monitor = await FlushedDatabase.CreateAsync(postgres, $"{RevokeFunction};{RevokeTable};{RevokeView}");
        await monitor.PostAsync();
        Assert.Equal(FlushOutcome.Failed, (await monitor.FlushAsync()).Outcome);

        await monitor.Database.RunAsync("GRANT INSERT ON public.monitoring_events_insert TO monitoring_ingest");
        var report = await monitor.FlushAsync();
        Assert.Equal((FlushOutcome.Completed, "view", 1L), (report.Outcome, report.Path, report.Stored));
    }

    [Fact]
    public async Task A_role_that_has_nothing_but_the_view_can_flush()
    {
        await using var monitor = await FlushedDatabase.CreateAsync(postgres, "", "monitoring_view");
        await monitor.PostAsync();
        var report = await monitor.FlushAsync();
        Assert.Equal((FlushOutcome.Completed, "view", 1L), (report.Outcome, report.Path, report.Stored));
    }

    /// <summary>The core with a folder of segments and PostgreSQL as one of the roles of <c>roles.sql</c>; every segment is a transaction.</summary>
    private sealed class FlushedDatabase : IAsyncDisposable
    {
        private readonly FakeTimeProvider time = new(PathDatabase.Now);
        private readonly TemporaryFolder folder = new();
        private readonly NpgsqlDataSource source;
        private readonly ServiceProvider services;

        private FlushedDatabase(PostgresDatabase database, string role)
        {
            Database = database;
            source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Options = $"-c role={role}" });
            var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Flush:TransactionEvents", "1")]).Build();
            var collection = new ServiceCollection();
            collection.AddSingleton<TimeProvider>(time).AddSingleton<IConfiguration>(configuration).AddLogging();
            collection.AddFunctionsMonitorCore(configuration);
            collection.AddEmbeddedStores(configuration, folder.Path);
            collection.AddSingleton<IBreakerStateStore>(new InMemoryBreakerStateStore(time));
            collection.AddSingleton<IMetricsStore>(new PostgresMetricsStore(
                source, [new PostgresRpcPath(source, time), new PostgresDirectPath(source, time), new PostgresViewPath(source, time)], 1, time,
                NullLogger<PostgresMetricsStore>.Instance));
            services = collection.BuildServiceProvider();
        }

        public PostgresDatabase Database { get; }

        public static async Task<FlushedDatabase> CreateAsync(PostgresFixture postgres, string harm, string role = "monitoring_ingest")
        {
            var database = await postgres.CreateDatabaseAsync();
            await database.RunAsync(PostgresScripts.Read("roles.sql"));
            if (harm.Length > 0)
                await database.RunAsync(harm);
            return new FlushedDatabase(database, role);
        }

        public async Task PostAsync()
        {
            var body = Encoding.UTF8.GetBytes(
                $$$"""{"event_id":"{{{Guid.NewGuid()}}}","event_type":"t","timestamp":"{{{PathDatabase.Now:O}}}","source":"s","data":{}}""");
            await services.GetRequiredService<EventIngestor>().IngestAsync(PipeReader.Create(new MemoryStream(body)), EventFormat.Json, PathDatabase.Token);
        }

        public ValueTask<FlushReport> FlushAsync() => services.GetRequiredService<MetricsPersister>().FlushAsync("manual", PathDatabase.Token);

        public PipelineMetrics Metrics() => services.GetRequiredService<PipelineRegistry>().GetMetrics(MetricsPersister.PipelineName);

        public async ValueTask DisposeAsync()
        {
            await services.DisposeAsync();
            await source.DisposeAsync();
            await Database.DisposeAsync();
            folder.Dispose();
        }
    }
}
