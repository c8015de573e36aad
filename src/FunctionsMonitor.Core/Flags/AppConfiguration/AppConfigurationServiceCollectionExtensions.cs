using FunctionsMonitor.Resilience;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Flags.AppConfiguration;

/// <summary>Registers Azure App Configuration as a source of flags.</summary>
public static class AppConfigurationServiceCollectionExtensions
{
    /// <summary>Its pipeline's, its breaker's and its section's in <c>Resilience</c>.</summary>
    public const string PipelineName = AppConfigurationFlagSource.SourceName;

    /// <summary>A cold start with nothing to start from waits this long for it.</summary>
    private static readonly TimeSpan TotalTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Refreshes may be minutes apart: a window of one would forget each failure before the next.</summary>
    private static readonly TimeSpan SamplingDuration = TimeSpan.FromMinutes(10);

    /// <summary>Whether the configuration names a store.</summary>
    public static bool NamesAppConfiguration(this IConfiguration configuration) => configuration.GetSection(AppConfigurationOptions.Section).Exists();

    /// <summary>
    /// Adds the source; where it stands among the others says what it goes before. Needs an <see cref="ISettingsReader"/> and an
    /// <see cref="ILastKnownGoodStore"/>.
    /// </summary>
    public static IServiceCollection AddAppConfigurationFlags(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidated<AppConfigurationOptions, AppConfigurationOptionsValidator>(configuration, AppConfigurationOptions.Section);
        // Before the configuration is bound, so that a section can still say otherwise.
        services.Configure<ResiliencePipelineSettings>(PipelineName, settings =>
        {
            settings.TotalTimeout = TotalTimeout;
            settings.SamplingDuration = SamplingDuration;
        });
        services.AddResilienceSettings(PipelineName)
            .Configure<IOptions<AppConfigurationOptions>>((settings, options) => settings.AttemptTimeout = () => options.Value.Timeout);
        return services.AddSingleton<IFlagSource>(provider => new AppConfigurationFlagSource(
            provider.GetRequiredService<ISettingsReader>(), provider.GetRequiredService<ILastKnownGoodStore>(),
            new(() => provider.GetRequiredService<PipelineRegistry>().GetOrCreate(
                PipelineName, provider.GetRequiredService<IOptionsMonitor<ResiliencePipelineSettings>>().Get(PipelineName), AppConfigurationFlagSource.IsTransient)),
            provider.GetRequiredService<IOptions<AppConfigurationOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
    }
}
