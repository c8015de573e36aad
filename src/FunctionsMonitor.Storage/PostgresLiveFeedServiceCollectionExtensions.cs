using FunctionsMonitor.Live;
using FunctionsMonitor.Storage.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace FunctionsMonitor.Storage;

/// <summary>The live feed between the instances of an app.</summary>
public static class PostgresLiveFeedServiceCollectionExtensions
{
    /// <summary>Connects the instances that share a database. For an app whose metrics store is PostgreSQL; without it <c>realtime</c> is in process.</summary>
    /// <param name="services">To add to.</param>
    /// <param name="source">Finds the connections to use; any role will do.</param>
    public static IServiceCollection AddPostgresLiveFeed(this IServiceCollection services, Func<IServiceProvider, NpgsqlDataSource> source) =>
        services.AddSingleton<ILiveFeed>(provider => new PostgresLiveFeed(source(provider)));
}
