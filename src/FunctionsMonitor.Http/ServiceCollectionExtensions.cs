using System.Text.Json;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Http.Operators;
using FunctionsMonitor.Http.Pages;
using FunctionsMonitor.Idempotency;
using FunctionsMonitor.Live;
using FunctionsMonitor.Operations;
using FunctionsMonitor.Resilience;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

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

        // Each endpoint bounds what it reads. Kestrel's own limit hangs up on who still sends, and he sees a broken connection in place of the 413;
        // without it Kestrel takes in the rest, for five seconds at most. It would also cap a MaxBodyBytes set higher.
        services.Configure<KestrelServerOptions>(options => options.Limits.MaxRequestBodySize = null);

        services.AddSingleton(provider => new OperatorActions(provider.GetRequiredService<OperationRecorder>()));
        services.AddSingleton(provider => new EventsEndpoints(
            provider.GetRequiredService<EventIngestor>(), provider.GetRequiredService<IdempotentIngestor>(),
            new(provider.GetRequiredService<MetricsReader>), provider.GetRequiredService<IOptions<IngestOptions>>()));
        services.AddSingleton<WebhookEndpoints>();
        services.AddSingleton<LiveEndpoints>();
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
            // The reader makes the store's pipelines, the broadcaster the feed's. A cold instance must know them before anything was read or flushed: isolating
            // metrics-store may well be the first request it gets.
            provider.GetRequiredService<MetricsReader>();
            provider.GetRequiredService<MonitoringBroadcaster>();
            return new BreakersEndpoints(provider.GetRequiredService<PipelineRegistry>(), provider.GetRequiredService<OperatorActions>());
        });
        services.AddSingleton<OperationsEndpoints>();
        services.AddSingleton<OpenApiEndpoints>();
        services.AddSingleton<DashboardAssets>();
        services.AddSingleton(provider => new DashboardEndpoints(provider.GetRequiredService<DashboardAssets>()));
        services.AddSingleton<SummaryReader>();
        services.AddSingleton(provider => new SummaryEndpoints(provider.GetRequiredService<SummaryReader>()));
        services.AddSingleton(provider => new PlainDashboardEndpoints(
            provider.GetRequiredService<SummaryReader>(), provider.GetRequiredService<MetricsReader>(), provider.GetRequiredService<PipelineRegistry>(),
            provider.GetRequiredService<DeadLetterReplayer>(), provider.GetRequiredService<IOperationLog>(), provider.GetRequiredService<FlagManager>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
