using FunctionsMonitor.Resilience;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Flushing;

/// <summary>The two pipelines to the metrics store: a dashboard that is refused must not stop the flush, and the other way round.</summary>
internal sealed class StorePipelines
{
    public const string ReadName = "metrics-store-read";

    public StorePipelines(PipelineRegistry registry, IOptionsMonitor<ResiliencePipelineSettings> settings, IMetricsStore store)
    {
        bool IsTransient(Exception exception) =>
            exception is not (FlushInProgressException or DeadLetterCapException) && store.Classify(exception) == ErrorKind.Transient;

        Write = registry.GetOrCreate(MetricsPersister.PipelineName, settings.Get(MetricsPersister.PipelineName), IsTransient);
        Read = registry.GetOrCreate(ReadName, settings.Get(ReadName), IsTransient);
    }

    public MonitorPipeline Write { get; }

    public MonitorPipeline Read { get; }
}
