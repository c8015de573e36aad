using DurableCircuitBreaker;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Idempotency;
using FunctionsMonitor.Operations;
using FunctionsMonitor.Storage.Files;
using FunctionsMonitor.Storage.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Storage;

/// <summary>The stores that need nothing installed: a folder of segments, two SQLite files and a folder of breaker state, all below one folder.</summary>
public static class EmbeddedStoresServiceCollectionExtensions
{
    private const string Metrics = "metrics";
    private const string State = "state";

    /// <param name="services">To add to.</param>
    /// <param name="configuration">With the section <c>Sqlite</c>.</param>
    /// <param name="dataPath">The folder; made at the first use.</param>
    public static IServiceCollection AddEmbeddedStores(this IServiceCollection services, IConfiguration configuration, string dataPath)
    {
        services.AddSingleton<IValidateOptions<SqliteOptions>, SqliteOptionsValidator>();
        services.AddOptions<SqliteOptions>().Bind(configuration.GetSection(SqliteOptions.Section)).ValidateOnStart();
        services.AddSingleton<IFileSystem, PhysicalFileSystem>();
        services.AddSingleton<ISegmentStore>(provider => new FolderSegmentStore(
            provider.GetRequiredService<IFileSystem>(), dataPath, provider.GetRequiredService<TimeProvider>()));

        services.AddKeyedSingleton(Metrics, (provider, _) => Open(provider, Path.Combine(dataPath, "metrics.db"), MetricsSchema.Migrations));
        services.AddKeyedSingleton(State, (provider, _) => Open(provider, Path.Combine(dataPath, "state", "state.db"), StateSchema.Migrations));
        services.AddSingleton<IMetricsStore>(provider => new SqliteMetricsStore(
            provider.GetRequiredKeyedService<SqliteDatabase>(Metrics), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IMetricsQueries>(provider => new SqliteMetricsQueries(provider.GetRequiredKeyedService<SqliteDatabase>(Metrics)));
        services.AddSingleton<IDeadLetterStore>(provider => new SqliteDeadLetterStore(provider.GetRequiredKeyedService<SqliteDatabase>(Metrics)));
        services.AddSingleton(provider => new SqliteStateStore(provider.GetRequiredKeyedService<SqliteDatabase>(State)));
        services.AddSingleton<IOperationLog>(provider => provider.GetRequiredService<SqliteStateStore>());
        services.AddSingleton<IIdempotencyStore>(provider => new SqliteIdempotencyStore(provider.GetRequiredKeyedService<SqliteDatabase>(State)));
        services.AddSingleton<IBreakerStateStore>(provider => new FileBreakerStateStore(
            Path.Combine(dataPath, "state", "breakers"), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IFlushSchedule>(provider => provider.GetRequiredService<SqliteStateStore>());
        return services;
    }

    private static SqliteDatabase Open(IServiceProvider provider, string path, IReadOnlyList<string> migrations) =>
        new(path, migrations, provider.GetRequiredService<IOptions<SqliteOptions>>().Value.BusyTimeout, provider.GetRequiredService<TimeProvider>());
}
