using FunctionsMonitor.Buffering;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Events;
using FunctionsMonitor.Events.CloudEvents;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Health;
using FunctionsMonitor.Idempotency;
using FunctionsMonitor.Live;
using FunctionsMonitor.Operations;
using FunctionsMonitor.Telemetry;
using FunctionsMonitor.Validation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor;

/// <summary>What every host needs. The host adds a segment store, a metrics store, an operator log, idempotency records, a flush schedule and its flag sources.</summary>
public static class CoreServiceCollectionExtensions
{
    public static IServiceCollection AddFunctionsMonitorCore(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => MonitorInstance.Start(provider.GetRequiredService<TimeProvider>()));
        services.AddValidated<IngestOptions, IngestOptionsValidator>(configuration, IngestOptions.Section);
        services.AddValidated<CloudEventsOptions, CloudEventsOptionsValidator>(configuration, CloudEventsOptions.Section);
        services.AddValidated<BufferingOptions, BufferingOptionsValidator>(configuration, BufferingOptions.Section);
        services.AddValidated<FlushOptions, FlushOptionsValidator>(configuration, FlushOptions.Section);
        services.AddValidated<RetentionOptions, RetentionOptionsValidator>(configuration, RetentionOptions.Section);
        services.AddValidated<IdempotencyOptions, IdempotencyOptionsValidator>(configuration, IdempotencyOptions.Section);
        services.AddFlags(configuration);
        services.AddStorePipelines();
        services.AddLive(configuration);

        services.AddSingleton<EventValidator>();
        services.AddSingleton<BufferDepthMonitor>();
        services.AddHostedService(provider => provider.GetRequiredService<BufferDepthMonitor>());
        services.AddSingleton<EventBuffer>();
        services.AddHostedService(provider => provider.GetRequiredService<EventBuffer>());
        services.AddSingleton(provider => new EventIngestor(
            provider.GetRequiredService<FlagManager>(), provider.GetRequiredService<EventValidator>(), provider.GetRequiredService<EventBuffer>(),
            provider.GetRequiredService<BufferDepthMonitor>(), provider.GetRequiredService<IOptions<IngestOptions>>(),
            provider.GetRequiredService<IOptions<RetentionOptions>>(), provider.GetRequiredService<MonitorMeter>(),
            provider.GetRequiredService<TimeProvider>()));

        services.AddSingleton(provider => new IdempotentIngestor(
            provider.GetRequiredService<EventIngestor>(), provider.GetRequiredService<IIdempotencyStore>(),
            provider.GetRequiredService<IOptions<IngestOptions>>(), provider.GetRequiredService<IOptions<IdempotencyOptions>>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<IdempotentIngestor>>()));
        services.AddSingleton<IdempotencyPurge>();

        services.AddSingleton<SegmentSource>();
        services.AddSingleton<FlushReports>();
        services.AddSingleton(provider => new MetricsPersister(
            provider.GetRequiredService<IMetricsStore>(), provider.GetRequiredService<ISegmentStore>(), provider.GetRequiredService<SegmentSource>(),
            provider.GetRequiredService<BufferDepthMonitor>(), provider.GetRequiredService<FlushReports>(),
            provider.GetRequiredService<IFlushSchedule>(), provider.GetRequiredService<FlagManager>(),
            provider.GetRequiredService<StorePipelines>(), provider.GetRequiredService<MonitorInstance>(),
            provider.GetRequiredService<IOptions<FlushOptions>>(), provider.GetRequiredService<IOptions<RetentionOptions>>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<MetricsPersister>>()));
        services.AddSingleton(provider => new FlushDue(
            provider.GetRequiredService<MetricsPersister>(), provider.GetRequiredService<BufferDepthMonitor>(),
            provider.GetRequiredService<IFlushSchedule>(), provider.GetRequiredService<FlagManager>(),
            provider.GetRequiredService<StorePipelines>(), provider.GetRequiredService<FlushReports>(), provider.GetRequiredService<LedgerWatch>(),
            provider.GetRequiredService<IdempotencyPurge>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<FlushDue>>()));
        services.AddSingleton(provider => new MetricsReader(
            provider.GetRequiredService<IMetricsQueries>(), provider.GetRequiredService<IDeadLetterStore>(),
            provider.GetRequiredService<StorePipelines>()));
        services.AddSingleton<LedgerService>();
        services.AddSingleton(provider => new LedgerWatch(
            new(provider.GetRequiredService<LedgerService>), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LedgerWatch>>()));
        services.AddSingleton<MonitorMeter>();
        services.AddSingleton(provider => new DeadLetterReplayer(
            provider.GetRequiredService<EventIngestor>(), provider.GetRequiredService<MetricsReader>(), provider.GetRequiredService<StorePipelines>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<OperationRecorder>();

        services.AddSingleton<HealthService>();
        services.AddSingleton<IHealthCheck, BufferHealthCheck>();
        services.AddSingleton<IHealthCheck, MetricsStoreHealthCheck>();
        services.AddSingleton<IHealthCheck, FlushHealthCheck>();
        services.AddSingleton<IHealthCheck, FlagsHealthCheck>();
        return services;
    }

    /// <summary>Binds a section and validates it at start, so that a wrong setting is one clear message and not a surprise at night.</summary>
    internal static void AddValidated<TOptions, TValidator>(this IServiceCollection services, IConfiguration configuration, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddSingleton<IValidateOptions<TOptions>, TValidator>();
        services.AddOptions<TOptions>().Bind(configuration.GetSection(section)).ValidateOnStart();
    }
}
