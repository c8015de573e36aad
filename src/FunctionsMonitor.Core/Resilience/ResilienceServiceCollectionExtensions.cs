using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Resilience;

/// <summary>Registers the pipelines' registry and settings.</summary>
public static class ResilienceServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="PipelineRegistry"/> and the binding of <see cref="ResiliencePipelineSettings"/>, whose defaults are
    /// checked at start. Needs an <c>IConfiguration</c> and logging. Adding it twice adds it once.
    /// </summary>
    public static IServiceCollection AddResilience(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<PipelineRegistry>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<ResiliencePipelineSettings>, ConfigureResiliencePipelineSettings>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ResiliencePipelineSettings>, ResiliencePipelineSettingsValidator>());
        services.AddOptionsWithValidateOnStart<ResiliencePipelineSettings>(ResiliencePipelineSettings.DefaultSectionName);
        return services;
    }

    /// <summary>
    /// Has the settings of one pipeline checked at start. Read them with <c>IOptionsMonitor&lt;ResiliencePipelineSettings&gt;.Get(name)</c>;
    /// the returned builder is where <see cref="ResiliencePipelineSettings.AttemptTimeout"/> is set.
    /// </summary>
    /// <param name="services">Where to add.</param>
    /// <param name="name">The pipeline's name, and its section's in <c>Resilience</c>.</param>
    public static OptionsBuilder<ResiliencePipelineSettings> AddResilienceSettings(this IServiceCollection services, string name) =>
        services.AddResilience().AddOptionsWithValidateOnStart<ResiliencePipelineSettings>(name);
}
