using FunctionsMonitor.Flags.AppConfiguration;
using FunctionsMonitor.Storage.Azure;
using FunctionsMonitor.Storage.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Storage;

/// <summary>Where the last good answer of App Configuration is kept.</summary>
public static class LastKnownGoodServiceCollectionExtensions
{
    /// <summary>Keeps it in Azure Blob Storage where the configuration names one, else in a file beside the state of breakers in the data folder.</summary>
    /// <param name="services">To add to.</param>
    /// <param name="configuration">With the section <c>LastKnownGood</c>, or else <c>ConnectionStrings:AzureStorage</c>.</param>
    /// <param name="dataPath">The data folder.</param>
    /// <param name="hostSetting">Where the account is named when it is not there: on Azure Functions <c>AzureWebJobsStorage</c>.</param>
    public static IServiceCollection AddLastKnownGoodStore(
        this IServiceCollection services, IConfiguration configuration, string dataPath, string? hostSetting = null)
    {
        var account = AzureAccount.Find(configuration, hostSetting);
        if (account is null && !configuration.GetSection(AzureBlobLastKnownGoodOptions.Section).Exists())
            return services.AddSingleton<ILastKnownGoodStore>(new FileLastKnownGoodStore(Path.Combine(dataPath, "state", "flags.json")));

        services.AddInAccount<AzureBlobLastKnownGoodOptions, AzureBlobLastKnownGoodOptionsValidator>(
            configuration, AzureBlobLastKnownGoodOptions.Section, account, account?.BlobEndpoint);
        return services.AddSingleton<ILastKnownGoodStore>(provider =>
            new AzureBlobLastKnownGoodStore(provider.GetRequiredService<IOptions<AzureBlobLastKnownGoodOptions>>().Value));
    }
}
