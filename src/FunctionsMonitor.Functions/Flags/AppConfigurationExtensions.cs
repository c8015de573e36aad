using FunctionsMonitor.Flags.AppConfiguration;
using FunctionsMonitor.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Functions.Flags;

/// <summary>Azure App Configuration, where the app is configured to use it.</summary>
internal static partial class AppConfigurationExtensions
{
    /// <summary>Makes the client; null in a build without one.</summary>
    internal static Func<AppConfigurationOptions, ISettingsReader>? Client
    {
        get
        {
            Func<AppConfigurationOptions, ISettingsReader>? client = null;
            UseClient(ref client);
            return client;
        }
    }

    /// <summary>Adds it as the next source of flags if the section <c>AppConfiguration</c> is there; else changes nothing.</summary>
    /// <param name="services">To add to, after the sources that go before it.</param>
    /// <param name="configuration">The app's.</param>
    /// <param name="dataPath">Where the copy of its last good answer is kept, unless in Azure.</param>
    /// <param name="hostSetting">Of the storage account that the copy is kept in when no other is named.</param>
    /// <param name="client">Makes the client; null in a build without one.</param>
    /// <exception cref="InvalidOperationException">This build has no client for it: to go on without would be to run on other flags than were asked for.</exception>
    public static IServiceCollection AddConfiguredAppConfiguration(
        this IServiceCollection services, IConfiguration configuration, string dataPath, string hostSetting, Func<AppConfigurationOptions, ISettingsReader>? client)
    {
        if (!configuration.NamesAppConfiguration())
            return services;
        if (client is null)
        {
            throw new InvalidOperationException(
                "AppConfiguration is configured, but this build of the app has no client for it. Build it where the package Azure.Data.AppConfiguration "
                + "can be restored, without -p:AppConfigurationClient=false; or remove the settings AppConfiguration__*.");
        }

        services.AddLastKnownGoodStore(configuration, dataPath, hostSetting);
        services.AddSingleton(provider => client(provider.GetRequiredService<IOptions<AppConfigurationOptions>>().Value));
        return services.AddAppConfigurationFlags(configuration);
    }

    /// <summary>Implemented in <c>AppConfigurationExtensions.Client.cs</c>, which a build without the client's package leaves out.</summary>
    static partial void UseClient(ref Func<AppConfigurationOptions, ISettingsReader>? client);
}
