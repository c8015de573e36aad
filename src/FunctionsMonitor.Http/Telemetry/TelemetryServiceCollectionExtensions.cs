using Azure.Monitor.OpenTelemetry.Exporter;
using FunctionsMonitor.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FunctionsMonitor.Http.Telemetry;

/// <summary>Where metrics, traces and logs go: to an OTLP collector, to Azure Monitor, to both, or nowhere.</summary>
public static class TelemetryServiceCollectionExtensions
{
    /// <summary>Of OpenTelemetry's own conventions; its other <c>OTEL_*</c> variables are heeded too.</summary>
    public const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public const string AzureMonitor = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string ServiceName = "functionsmonitor";

    /// <summary>Meters of others that say how we fare: of Polly, of the driver of PostgreSQL.</summary>
    private static readonly string[] Meters = [MonitorMeter.MeterName, "Polly", "Npgsql"];

    private static readonly string[] Sources = [MonitorTraces.SourceName, "Npgsql"];

    /// <summary>Adds the exporters that the configuration names; without one nothing is collected, and nothing costs anything.</summary>
    /// <param name="services">To add to.</param>
    /// <param name="configuration">With <see cref="OtlpEndpoint"/>, <see cref="AzureMonitor"/>, or neither.</param>
    /// <returns>To add to; null when there is no exporter.</returns>
    public static IOpenTelemetryBuilder? AddFunctionsMonitorTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var otlp = configuration[OtlpEndpoint] is { Length: > 0 };
        var azure = configuration[AzureMonitor] is { Length: > 0 };
        return otlp || azure ? services.AddExporters(configuration, otlp, azure) : null;
    }

    /// <summary>A method of its own, so that without an exporter nothing of OpenTelemetry is loaded.</summary>
    private static IOpenTelemetryBuilder AddExporters(this IServiceCollection services, IConfiguration configuration, bool otlp, bool azure)
    {
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService(ServiceName, serviceVersion: typeof(MonitorMeter).Assembly.GetName().Version?.ToString(3), autoGenerateServiceInstanceId: false)
                .AddAttributes([new("service.instance.id", MonitorInstance.HostName)]))
            .WithMetrics(metrics => metrics.AddMeter(Meters).AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation())
            .WithTracing(traces => traces.AddSource(Sources).AddAspNetCoreInstrumentation().AddHttpClientInstrumentation())
            .WithLogging(null, logs => logs.IncludeScopes = true);
        if (otlp)
            telemetry.UseOtlpExporter();
        if (azure)
            services.AddAzureMonitor(telemetry, configuration);
        return telemetry;
    }

    private static void AddAzureMonitor(this IServiceCollection services, IOpenTelemetryBuilder telemetry, IConfiguration configuration)
    {
        services.Configure<AzureMonitorExporterOptions>(options =>
        {
            options.ConnectionString = configuration[AzureMonitor];
            options.Credential = TelemetryCredential.Find(configuration);
        });
        telemetry.UseAzureMonitorExporter();
    }
}
