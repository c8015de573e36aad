using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Resilience;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Live;

internal static class LiveServiceCollectionExtensions
{
    /// <summary>Nobody waits for a live event for a minute, and whoever watches an outage wants to see its end.</summary>
    private static readonly TimeSpan TotalTimeout = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan BreakDuration = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxBreakDuration = TimeSpan.FromSeconds(60);

    /// <summary>The broadcaster and its adapters. A storage that connects the instances registers an <see cref="ILiveFeed"/>.</summary>
    public static IServiceCollection AddLive(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidated<LiveOptions, LiveOptionsValidator>(configuration, LiveOptions.Section);
        services.Configure<ResiliencePipelineSettings>(FeedAdapter.PipelineName, settings =>
        {
            settings.TotalTimeout = TotalTimeout;
            settings.BreakDuration = BreakDuration;
            settings.MaxBreakDuration = MaxBreakDuration;
        });
        services.AddResilienceSettings(FeedAdapter.PipelineName)
            .Configure<FlagManager>((settings, flags) => settings.AttemptTimeout = () => flags.Current.OperationTimeout);

        services.AddSingleton<LiveHub>();
        services.AddSingleton(provider => new LiveResume(
            provider.GetRequiredService<MetricsReader>(), provider.GetRequiredService<IOptions<LiveOptions>>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new MonitoringBroadcaster(
            provider.GetRequiredService<LiveHub>(),
            new InstanceAdapter(FlagSchema.AdapterWebSocket, provider.GetRequiredService<LiveHub>(), provider.GetRequiredService<TimeProvider>()),
            NewRealtime(provider), provider.GetRequiredService<FlagManager>(), provider.GetRequiredService<IOptions<LiveOptions>>(),
            provider.GetRequiredService<ILogger<MonitoringBroadcaster>>()));
        services.AddHostedService(provider => provider.GetRequiredService<MonitoringBroadcaster>());
        return services;
    }

    private static ILiveAdapter NewRealtime(IServiceProvider provider)
    {
        var hub = provider.GetRequiredService<LiveHub>();
        var time = provider.GetRequiredService<TimeProvider>();
        if (provider.GetService<ILiveFeed>() is not { } feed)
            return new InstanceAdapter(FlagSchema.AdapterRealtime, hub, time);

        var settings = provider.GetRequiredService<IOptionsMonitor<ResiliencePipelineSettings>>().Get(FeedAdapter.PipelineName);
        var pipeline = provider.GetRequiredService<PipelineRegistry>().GetOrCreate(FeedAdapter.PipelineName, settings, feed.IsTransient);
        var events = new SegmentEvents(provider.GetRequiredService<ISegmentStore>(), provider.GetRequiredService<MetricsReader>());
        return new FeedAdapter(
            feed, pipeline, events, hub, provider.GetRequiredService<FlagManager>(), provider.GetRequiredService<IOptions<LiveOptions>>(), time,
            provider.GetRequiredService<ILogger<MonitoringBroadcaster>>());
    }
}
