using DurableCircuitBreaker;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Idempotency;
using FunctionsMonitor.Operations;
using FunctionsMonitor.Storage.Azure;
using FunctionsMonitor.Storage.Sharing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Storage;

/// <summary>The stores that all instances of an app share, in a storage account: segments as blobs, and what must be known beside them in a table.</summary>
public static class AzureStorageServiceCollectionExtensions
{
    /// <summary>A write costs money and takes milliseconds, so requests wait for company: at 0 a steady load makes dozens of writes a second.</summary>
    public static readonly TimeSpan BlobLinger = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Puts segments and shared state into a storage account where the configuration names one, in place of the folders that
    /// <see cref="EmbeddedStoresServiceCollectionExtensions.AddEmbeddedStores"/> added before; else changes nothing.
    /// </summary>
    /// <param name="services">To add to.</param>
    /// <param name="configuration">With <c>ConnectionStrings:AzureStorage</c> for both, or a section <c>SegmentContainer</c> or <c>StateTable</c> for one.</param>
    /// <param name="hostSetting">Where the account is named when it is not there: on Azure Functions <c>AzureWebJobsStorage</c>.</param>
    public static IServiceCollection AddConfiguredAzureStores(this IServiceCollection services, IConfiguration configuration, string? hostSetting = null)
    {
        var account = AzureAccount.Find(configuration, hostSetting);
        if (account is not null || configuration.GetSection(BlobSegmentStoreOptions.Section).Exists())
            services.AddBlobSegmentStore(configuration, account);
        if (account is not null || configuration.GetSection(AzureTableOptions.Section).Exists())
            services.AddAzureTableState(configuration, account);
        return services;
    }

    /// <summary>Options that name an account, or else get the one for everything.</summary>
    internal static void AddInAccount<TOptions, TValidator>(
        this IServiceCollection services, IConfiguration configuration, string section, AzureAccount? account, Uri? endpoint)
        where TOptions : AzureAccountOptions
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddValidated<TOptions, TValidator>(configuration, section);
        services.PostConfigure<TOptions>(options =>
        {
            if (options.ConnectionString is null && options.Endpoint is null && account is not null)
                (options.ConnectionString, options.Endpoint, options.ClientId) = (account.ConnectionString, endpoint, options.ClientId ?? account.ClientId);
        });
    }

    private static void AddBlobSegmentStore(this IServiceCollection services, IConfiguration configuration, AzureAccount? account)
    {
        services.AddInAccount<BlobSegmentStoreOptions, BlobSegmentStoreOptionsValidator>(configuration, BlobSegmentStoreOptions.Section, account, account?.BlobEndpoint);
        if (configuration[$"{BufferingOptions.Section}:{nameof(BufferingOptions.Linger)}"] is null)
            services.PostConfigure<BufferingOptions>(options => options.Linger = BlobLinger);
        services.AddSingleton<ISegmentStore>(provider => new BlobSegmentStore(
            provider.GetRequiredService<IOptions<BlobSegmentStoreOptions>>().Value, provider.GetRequiredService<TimeProvider>()));

        var own = configuration.GetSection(BlobSegmentStoreOptions.Section);
        services.AddMetricsFileGuard(
            configuration,
            own[nameof(BlobSegmentStoreOptions.ConnectionString)] ?? (own[nameof(BlobSegmentStoreOptions.Endpoint)] is null ? account?.ConnectionString : null));
    }

    private static void AddAzureTableState(this IServiceCollection services, IConfiguration configuration, AzureAccount? account)
    {
        services.AddInAccount<AzureTableOptions, AzureTableOptionsValidator>(configuration, AzureTableOptions.Section, account, account?.TableEndpoint);
        services.AddSingleton(provider => new AzureStateTable(provider.GetRequiredService<IOptions<AzureTableOptions>>().Value));
        services.AddSingleton<IBreakerStateStore>(provider => new AzureTableBreakerStateStore(provider.GetRequiredService<AzureStateTable>()));
        services.AddSingleton(provider => new AzureTableStateStore(provider.GetRequiredService<AzureStateTable>()));
        services.AddSingleton<IOperationLog>(provider => provider.GetRequiredService<AzureTableStateStore>());
        services.AddSingleton<IFlushSchedule>(provider => provider.GetRequiredService<AzureTableStateStore>());
        services.AddSingleton<IIdempotencyStore>(provider => new AzureTableIdempotencyStore(provider.GetRequiredService<AzureStateTable>()));
    }
}
