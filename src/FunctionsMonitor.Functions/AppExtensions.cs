using FunctionsMonitor.Flags;
using FunctionsMonitor.Flags.AppConfiguration;
using FunctionsMonitor.Functions.Flags;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Telemetry;
using FunctionsMonitor.Storage;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Functions;

/// <summary>The parts of this app, apart from the program, so that a test can look at what they make together.</summary>
internal static class AppExtensions
{
    /// <summary>The account that the host itself uses, and this app too when it is given no other.</summary>
    private const string HostStorage = "AzureWebJobsStorage";

    /// <param name="builder">With the whole configuration.</param>
    /// <param name="flagsClient">Makes the client of App Configuration; null in a build without one.</param>
    public static void AddFunctionsMonitor(this FunctionsApplicationBuilder builder, Func<AppConfigurationOptions, ISettingsReader>? flagsClient)
    {
        builder.ConfigureFunctionsWebApplication();
        // Every result ASP.NET Core writes is an information of its own here, which host.json cannot filter.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        var dataPath = DataFolder.Find(builder.Configuration);
        builder.Services.AddFunctionsMonitorCore(builder.Configuration);
        builder.Services.AddEmbeddedStores(builder.Configuration, dataPath);
        builder.Services.AddConfiguredAzureStores(builder.Configuration, HostStorage);
        builder.Services.AddConfiguredMetricsStore(builder.Configuration);
        builder.Services.AddFunctionsMonitorHttp();
        builder.Services.AddFunctionsMonitorTelemetry(builder.Configuration)?.UseFunctionsWorkerDefaults();
        builder.Services.AddSingleton<IFlagSource>(provider => new EnvironmentFlagSource(provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddConfiguredAppConfiguration(builder.Configuration, dataPath, HostStorage, flagsClient);
    }
}
