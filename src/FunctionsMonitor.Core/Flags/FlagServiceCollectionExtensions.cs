using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Flags;

internal static class FlagServiceCollectionExtensions
{
    /// <summary>The manager and its refresh. Sources are registered by the host, in order of precedence.</summary>
    public static IServiceCollection AddFlags(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidated<FlagOptions, FlagOptionsValidator>(configuration, FlagOptions.Section);
        services.AddSingleton<FlagManager>();
        services.AddHostedService<FlagRefreshService>();
        return services;
    }
}
