using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Live;
using FunctionsMonitor.Storage.Postgres;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FunctionsMonitor.Storage;

/// <summary>The metrics store in PostgreSQL.</summary>
public static class PostgresStoreServiceCollectionExtensions
{
    private const string Connection = "Postgres";

    /// <summary>
    /// Keeps events in PostgreSQL where the configuration names one (<c>ConnectionStrings:Postgres</c>, <c>Postgres:ConnectionString</c> or
    /// <c>Postgres:Host</c>), in place of the file that <see cref="EmbeddedStoresServiceCollectionExtensions.AddEmbeddedStores"/> added before; else
    /// changes nothing.
    /// </summary>
    public static IServiceCollection AddConfiguredMetricsStore(this IServiceCollection services, IConfiguration configuration) =>
        IsConfigured(configuration) ? services.AddPostgres(configuration) : services;

    /// <summary>A method of its own, so that without PostgreSQL its driver is not loaded.</summary>
    private static IServiceCollection AddPostgres(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IValidateOptions<PostgresOptions>, PostgresOptionsValidator>();
        services.AddOptions<PostgresOptions>()
            .Bind(configuration.GetSection(PostgresOptions.Section))
            .PostConfigure(options => TakeConnectionString(options, configuration))
            .ValidateOnStart();
        services.AddSingleton(provider => PostgresConnections.Create(Options(provider)));
        services.AddSingleton<IMetricsStore>(provider =>
        {
            var source = provider.GetRequiredService<NpgsqlDataSource>();
            var time = provider.GetRequiredService<TimeProvider>();
            IWritePath[] paths = [new PostgresRpcPath(source, time), new PostgresDirectPath(source, time), new PostgresViewPath(source, time)];
            return new PostgresMetricsStore(
                source, paths, Options(provider).DaysAhead, time, provider.GetRequiredService<ILogger<PostgresMetricsStore>>());
        });
        services.AddSingleton<IMetricsQueries>(provider => new PostgresMetricsQueries(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<ILiveFeed>(provider => new PostgresLiveFeed(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<IDeadLetterStore>(provider => new PostgresDeadLetterStore(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<IHostedService>(provider => new PostgresMigrateAtStart(
            provider.GetRequiredService<IOptions<PostgresOptions>>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PostgresMigrateAtStart>>()));
        return services;
    }

    internal static bool IsConfigured(IConfiguration configuration)
    {
        var section = configuration.GetSection(PostgresOptions.Section);
        return section[nameof(PostgresOptions.ConnectionString)] is not null || section[nameof(PostgresOptions.Host)] is not null
            || configuration.GetConnectionString(Connection) is not null;
    }

    internal static void TakeConnectionString(PostgresOptions options, IConfiguration configuration)
    {
        if (options.ConnectionString is null && options.Host is null)
            options.ConnectionString = configuration.GetConnectionString(Connection);
    }

    private static PostgresOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<PostgresOptions>>().Value;
}
