using FunctionsMonitor.Flags.AppConfiguration;

namespace FunctionsMonitor.Functions.Flags;

/// <content>Only in a build with the property <c>AppConfigurationClient</c>.</content>
internal static partial class AppConfigurationExtensions
{
    static partial void UseClient(ref Func<AppConfigurationOptions, ISettingsReader>? client) => client = options => new ConfigurationClientReader(options);
}
