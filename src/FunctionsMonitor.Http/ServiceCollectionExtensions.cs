using System.Text.Json;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Http.Operators;
using FunctionsMonitor.Operations;
using FunctionsMonitor.Resilience;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Http;

/// <summary>Registers the endpoints.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds the endpoints as singletons, over what <c>AddFunctionsMonitorCore</c> and a store's own registration add.</summary>
    public static IServiceCollection AddFunctionsMonitorHttp(this IServiceCollection services)
    {
        // Results carry their own type info; this is for what describes them, which knows only the host's options.
        services.Configure<JsonOptions>(options =>
        {
            options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, HttpJson.Default);
        });

        services.AddSingleton(provider => new OperatorActions(provider.GetRequiredService<OperationRecorder>()));
        services.AddSingleton<EventsEndpoints>();
        services.AddSingleton<MetricsEndpoints>();
        services.AddSingleton(provider => new FlushEndpoints(
            provider.GetRequiredService<MetricsPersister>(), provider.GetRequiredService<MetricsReader>(),
            provider.GetRequiredService<OperatorActions>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<FlagsEndpoints>();
        services.AddSingleton<HealthEndpoints>();
        services.AddSingleton<StatusEndpoints>();
        services.AddSingleton(provider => new DeadLettersEndpoints(
            provider.GetRequiredService<MetricsReader>(), provider.GetRequiredService<DeadLetterReplayer>(),
            provider.GetRequiredService<OperatorActions>(), provider.GetRequiredService<MonitorInstance>()));
        services.AddSingleton(provider =>
        {
            // The reader makes the store's pipelines. A cold instance must know them before anything was read or flushed: isolating
            // metrics-store may well be the first request it gets.
            provider.GetRequiredService<MetricsReader>();
            return new BreakersEndpoints(provider.GetRequiredService<PipelineRegistry>(), provider.GetRequiredService<OperatorActions>());
        });
        services.AddSingleton<OperationsEndpoints>();
        services.AddSingleton<OpenApiEndpoints>();
        return services;
    }
}
