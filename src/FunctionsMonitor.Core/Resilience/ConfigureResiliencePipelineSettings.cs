using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Resilience;

/// <summary>
/// Binds a pipeline's settings from <c>Resilience:{name}</c> over <c>Resilience:Default</c>. A key that is no setting is an
/// error: a misspelt threshold must not be ignored until the day it is needed.
/// </summary>
internal sealed class ConfigureResiliencePipelineSettings(IConfiguration configuration) : IConfigureNamedOptions<ResiliencePipelineSettings>
{
    private static readonly string[] _settings =
    [
        .. typeof(ResiliencePipelineSettings).GetProperties()
            .Where(static property => property.CanWrite && property.Name != nameof(ResiliencePipelineSettings.AttemptTimeout))
            .Select(static property => property.Name),
    ];

    public void Configure(ResiliencePipelineSettings options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, ResiliencePipelineSettings options)
    {
        var section = configuration.GetSection(ResiliencePipelineSettings.SectionName);
        Bind(section.GetSection(ResiliencePipelineSettings.DefaultSectionName), options);
        if (!string.IsNullOrEmpty(name) && !name.Equals(ResiliencePipelineSettings.DefaultSectionName, StringComparison.OrdinalIgnoreCase))
            Bind(section.GetSection(name), options);
    }

    /// <summary>Not the binder's own check for unknown keys: its exception names neither the section nor itself as a matter of settings.</summary>
    /// <exception cref="OptionsValidationException">The section has a key that is no setting.</exception>
    private static void Bind(IConfigurationSection section, ResiliencePipelineSettings options)
    {
        string[] unknown =
        [
            .. section.GetChildren().Where(child => !_settings.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                .Select(child => $"{child.Path} is no setting; there are {string.Join(", ", _settings)}."),
        ];
        if (unknown.Length > 0)
            throw new OptionsValidationException(section.Key, typeof(ResiliencePipelineSettings), unknown);

        section.Bind(options);
    }
}
