using DurableCircuitBreaker;
using FunctionsMonitor.Storage.Azure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Storage;

/// <summary>The store of breaker state for apps of more than one machine.</summary>
public static class AzureBreakerStoreServiceCollectionExtensions
{
    private const string AccountConnection = "AzureStorage";

    /// <summary>
    /// Keeps breaker state in Azure Table Storage where the configuration names one, in place of the folder that
    /// <see cref="EmbeddedStoresServiceCollectionExtensions.AddEmbeddedStores"/> added before; else changes nothing.
    /// </summary>
    /// <inheritdoc cref="AddAzureTableBreakerStateStore"/>
    public static IServiceCollection AddConfiguredBreakerStateStore(this IServiceCollection services, IConfiguration configuration) =>
        configuration.GetSection(AzureTableBreakerStateStoreOptions.Section).Exists() || configuration.GetConnectionString(AccountConnection) is not null
            ? services.AddAzureTableBreakerStateStore(configuration)
            : services;

    /// <summary>Keeps breaker state in Azure Table Storage.</summary>
    /// <param name="services">To add to.</param>
    /// <param name="configuration">With the section <c>BreakerTable</c>, or else <c>ConnectionStrings:AzureStorage</c>.</param>
    public static IServiceCollection AddAzureTableBreakerStateStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IValidateOptions<AzureTableBreakerStateStoreOptions>, AzureTableBreakerStateStoreOptionsValidator>();
        services.AddOptions<AzureTableBreakerStateStoreOptions>()
            .Bind(configuration.GetSection(AzureTableBreakerStateStoreOptions.Section))
            .PostConfigure(options =>
            {
                if (options.ConnectionString is null && options.Endpoint is null)
                    options.ConnectionString = configuration.GetConnectionString(AccountConnection);
            })
            .ValidateOnStart();
        services.AddSingleton<IBreakerStateStore>(provider =>
            new AzureTableBreakerStateStore(provider.GetRequiredService<IOptions<AzureTableBreakerStateStoreOptions>>().Value));
        return services;
    }
}
