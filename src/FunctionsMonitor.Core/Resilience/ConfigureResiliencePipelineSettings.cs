using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Resilience;

/// <summary>
/// Binds a pipeline's settings from <c>Resilience:{name}</c> over <c>Resilience:Default</c>. A key that is no setting is an
/// error: a misspelt threshold must not be ignored until the day it is needed.
/// </summary>
internal sealed class ConfigureResiliencePipelineSettings(IConfiguration configuration) : IConfigureNamedOptions<ResiliencePipelineSettings>
{
    public void Configure(ResiliencePipelineSettings options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, ResiliencePipelineSettings options)
    {
        var section = configuration.GetSection(ResiliencePipelineSettings.SectionName);
        Bind(section.GetSection(ResiliencePipelineSettings.DefaultSectionName), options);
        if (!string.IsNullOrEmpty(name) && !name.Equals(ResiliencePipelineSettings.DefaultSectionName, StringComparison.OrdinalIgnoreCase))
            Bind(section.GetSection(name), options);
    }

    private static void Bind(IConfigurationSection section, ResiliencePipelineSettings options) =>
        section.Bind(options, static binder => binder.ErrorOnUnknownConfiguration = true);
}
