using FunctionsMonitor.Flags;
using FunctionsMonitor.Resilience;

namespace FunctionsMonitor.Flushing;

/// <summary>The two pipelines to the metrics store: a dashboard that is refused must not stop the flush, and the other way round.</summary>
internal sealed class StorePipelines
{
    public const string ReadName = "metrics-store-read";

    public StorePipelines(PipelineRegistry registry, IMetricsStore store, FlagManager flags)
    {
        TimeSpan AttemptTimeout() => flags.Current.OperationTimeout;
        bool IsTransient(Exception exception) =>
            exception is not (FlushInProgressException or DeadLetterCapException) && store.Classify(exception) == ErrorKind.Transient;

        Write = registry.GetOrCreate(MetricsPersister.PipelineName, IsTransient, AttemptTimeout);
        Read = registry.GetOrCreate(ReadName, IsTransient, AttemptTimeout);
    }

    public MonitorPipeline Write { get; }

    public MonitorPipeline Read { get; }
}
