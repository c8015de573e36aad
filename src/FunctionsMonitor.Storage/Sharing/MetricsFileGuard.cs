using FunctionsMonitor.Health;
using FunctionsMonitor.Storage.Azure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Storage.Sharing;

/// <summary>
/// Guards against segments that all instances share beside a metrics store that each has for itself. It comes with the shared segments, so that no
/// host can forget it.
/// </summary>
internal static class MetricsFileGuard
{
    /// <summary>
    /// What Azure sets in every app. Not <c>WEBSITE_INSTANCE_ID</c> alone: the plans that run in containers (Flex Consumption) have none.
    /// </summary>
    private static readonly string[] AzureVariables = ["WEBSITE_INSTANCE_ID", "WEBSITE_SITE_NAME"];

    /// <param name="services">To add to.</param>
    /// <param name="configuration">The environment included.</param>
    /// <param name="segments">Connection string of the account of the segments; null with an endpoint.</param>
    public static void AddMetricsFileGuard(this IServiceCollection services, IConfiguration configuration, string? segments)
    {
        // An account on loopback is an emulator, which no other machine reaches.
        if (PostgresStoreServiceCollectionExtensions.IsConfigured(configuration) || (segments is not null && AzureAccount.IsOnThisMachine(segments)))
            return;

        var onAzure = AzureVariables.Any(variable => !string.IsNullOrEmpty(configuration[variable]));
        services.AddSingleton<IValidateOptions<InstancesOptions>>(new InstancesOptionsValidator(onAzure));
        services.AddOptions<InstancesOptions>().Bind(configuration.GetSection(InstancesOptions.Section)).ValidateOnStart();
        services.AddSingleton<IHealthCheck, MetricsFileHealthCheck>();
        services.AddSingleton<IHostedService, MetricsFileWarning>();
    }
}
