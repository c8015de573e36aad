using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Resilience;

internal static class ResilienceServiceCollectionExtensions
{
    public static IServiceCollection AddResilience(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IValidateOptions<ResilienceOptions>, ResilienceOptionsValidator>();
        services.AddSingleton<PipelineRegistry>();
        services.AddOptions<ResilienceOptions>().Bind(configuration.GetSection(ResilienceOptions.Section + ":Default")).ValidateOnStart();

        // Every section below Resilience is a pipeline's own, over the defaults; all of them are validated at start, used or not.
        services.ConfigureAll<ResilienceOptions>(options => configuration.GetSection(ResilienceOptions.Section + ":Default").Bind(options));
        foreach (var section in configuration.GetSection(ResilienceOptions.Section).GetChildren().Where(section => section.Key != "Default"))
            services.AddOptions<ResilienceOptions>(section.Key).Bind(section).ValidateOnStart();
        return services;
    }
}
