using FunctionsMonitor.Flags;
using FunctionsMonitor.Resilience;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Flushing;

internal static class StorePipelinesServiceCollectionExtensions
{
    /// <summary>
    /// Failures of a flush are minutes apart: a window of one minute would forget each before the next. Two flush intervals of the flag's default; the
    /// window is fixed when the pipeline is built, so who sets a longer interval sets it too.
    /// </summary>
    private static readonly TimeSpan WriteSamplingDuration = 2 * TimeSpan.FromSeconds(FlagSchema.MetricsFlushInterval.Default);

    public static IServiceCollection AddStorePipelines(this IServiceCollection services)
    {
        // Before the configuration is bound, so that a section can still say otherwise.
        services.Configure<ResiliencePipelineSettings>(MetricsPersister.PipelineName, settings => settings.SamplingDuration = WriteSamplingDuration);
        foreach (var name in (string[])[MetricsPersister.PipelineName, StorePipelines.ReadName])
            services.AddResilienceSettings(name)
                .Configure<FlagManager>((settings, flags) => settings.AttemptTimeout = () => flags.Current.OperationTimeout);

        return services.AddSingleton<StorePipelines>();
    }
}
