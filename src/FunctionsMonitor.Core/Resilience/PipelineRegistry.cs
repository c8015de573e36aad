using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Resilience;

/// <summary>Creates, finds, lists and resets the named pipelines of this process.</summary>
public sealed class PipelineRegistry(IOptionsMonitor<ResilienceOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, MonitorPipeline> pipelines = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">The name is taken.</exception>
    public MonitorPipeline Create(string name, Func<Exception, bool> isTransient, Func<TimeSpan> attemptTimeout)
    {
        var pipeline = Build(name, isTransient, attemptTimeout);
        return pipelines.TryAdd(name, pipeline) ? pipeline : throw new InvalidOperationException($"There is a pipeline {name} already.");
    }

    public MonitorPipeline GetOrCreate(string name, Func<Exception, bool> isTransient, Func<TimeSpan> attemptTimeout) =>
        pipelines.GetOrAdd(name, key => Build(key, isTransient, attemptTimeout));

    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public MonitorPipeline Get(string name) =>
        TryGet(name) ?? throw new KeyNotFoundException($"There is no pipeline {name}; there are: {string.Join(", ", Names)}.");

    public MonitorPipeline? TryGet(string name) => pipelines.GetValueOrDefault(name);

    public IReadOnlyList<string> Names => [.. pipelines.Keys.Order(StringComparer.Ordinal)];

    public IReadOnlyList<PipelineMetrics> ListMetrics() => [.. Names.Select(TryGet).OfType<MonitorPipeline>().Select(pipeline => pipeline.Metrics)];

    public async Task ResetAllAsync(CancellationToken cancellationToken)
    {
        foreach (var pipeline in pipelines.Values)
            await pipeline.ResetAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets all pipelines; those that somebody holds go on working.</summary>
    public void Clear() => pipelines.Clear();

    private MonitorPipeline Build(string name, Func<Exception, bool> isTransient, Func<TimeSpan> attemptTimeout) =>
        new(name, options.Get(name), isTransient, attemptTimeout, time);
}
