using FunctionsMonitor.Http;
using FunctionsMonitor.Live;
using FunctionsMonitor.Storage;
using FunctionsMonitor.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace FunctionsMonitor.IntegrationTests.Live;

/// <summary>One instance of an app: the endpoints on a port of its own, and a live feed over PostgreSQL to the others.</summary>
internal sealed class FeedHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly NpgsqlDataSource source;

    private FeedHost(WebApplication app, NpgsqlDataSource source)
    {
        this.app = app;
        this.source = source;
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpClient Client { get; }

    /// <param name="dataPath">Instances that share their buffer share this.</param>
    /// <param name="connectionString">Of the database that connects them.</param>
    /// <param name="settings">Beyond those that keep tests short.</param>
    public static async Task<FeedHost> StartAsync(string dataPath, string connectionString, Dictionary<string, string?>? settings = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Live:PresenceInterval"] = "00:00:00",
            // Hosts whose folders differ have no other way.
            ["Live:NotifyContents"] = "true",
            ["Resilience:live-feed:RetryDelay"] = "00:00:00.1",
            ["Resilience:live-feed:BreakDuration"] = "00:00:00.5",
            ["Resilience:live-feed:MaxBreakDuration"] = "00:00:01",
            ["Resilience:live-feed:ProbeLease"] = "00:00:06",
        });
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.ClearProviders();
        var source = NpgsqlDataSource.Create(connectionString);
        builder.Services.AddFunctionsMonitorCore(builder.Configuration);
        builder.Services.AddEmbeddedStores(builder.Configuration, dataPath);
        builder.Services.AddSingleton<ILiveFeed>(_ => new PostgresLiveFeed(source));
        builder.Services.AddFunctionsMonitorHttp();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapFunctionsMonitor();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app, source);
    }

    public T Get<T>() where T : notnull => app.Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        await source.DisposeAsync();
    }
}
