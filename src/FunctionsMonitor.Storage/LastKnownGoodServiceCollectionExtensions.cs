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
    private const string AccountConnection = "AzureStorage";

    /// <summary>Keeps it in Azure Blob Storage where the configuration names one, else in a file beside the state of breakers in the data folder.</summary>
    /// <param name="services">To add to.</param>
    /// <param name="configuration">With the section <c>LastKnownGood</c>, or else <c>ConnectionStrings:AzureStorage</c>.</param>
    /// <param name="dataPath">The data folder.</param>
    public static IServiceCollection AddLastKnownGoodStore(this IServiceCollection services, IConfiguration configuration, string dataPath)
    {
        if (!configuration.GetSection(AzureBlobLastKnownGoodOptions.Section).Exists() && configuration.GetConnectionString(AccountConnection) is null)
            return services.AddSingleton<ILastKnownGoodStore>(new FileLastKnownGoodStore(Path.Combine(dataPath, "state", "flags.json")));

        services.AddSingleton<IValidateOptions<AzureBlobLastKnownGoodOptions>, AzureBlobLastKnownGoodOptionsValidator>();
        services.AddOptions<AzureBlobLastKnownGoodOptions>()
            .Bind(configuration.GetSection(AzureBlobLastKnownGoodOptions.Section))
            .PostConfigure(options =>
            {
                if (options.ConnectionString is null && options.Endpoint is null)
                    options.ConnectionString = configuration.GetConnectionString(AccountConnection);
            })
            .ValidateOnStart();
        return services.AddSingleton<ILastKnownGoodStore>(provider =>
            new AzureBlobLastKnownGoodStore(provider.GetRequiredService<IOptions<AzureBlobLastKnownGoodOptions>>().Value));
    }
}
