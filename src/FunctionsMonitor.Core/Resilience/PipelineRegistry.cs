using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using DurableCircuitBreaker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Resilience;

/// <summary>Creates, finds, lists and resets the pipelines of this process, by name. Thread-safe.</summary>
public sealed class PipelineRegistry(IBreakerStateStore breakerStates, TimeProvider timeProvider, ILogger<MonitorPipeline> logger)
{
    private static readonly ResiliencePipelineSettingsValidator _validator = new();
    private readonly ConcurrentDictionary<string, MonitorPipeline> _pipelines = new(StringComparer.Ordinal);

    /// <summary>Creates a pipeline.</summary>
    /// <param name="name">Its name and its breaker's, such as <c>metrics-store</c>.</param>
    /// <param name="settings">Checked here too, for they may not come from the configuration. Later changes of them have no effect.</param>
    /// <param name="isTransient">Whether an error is transient: retried, and a failure to the breaker. Not asked about timeouts, rejections and cancellations.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    /// <exception cref="InvalidOperationException">The name is taken.</exception>
    /// <exception cref="OptionsValidationException">A setting is out of its bounds; the message names it.</exception>
    public MonitorPipeline Create(string name, ResiliencePipelineSettings settings, Func<Exception, bool> isTransient)
    {
        var pipeline = Build(name, settings, isTransient);
        if (!_pipelines.TryAdd(name, pipeline))
            throw new InvalidOperationException($"A pipeline named '{name}' exists already.");
        return pipeline;
    }

    /// <summary>Finds a pipeline, or creates it. The settings and the predicate are those of whoever came first.</summary>
    /// <inheritdoc cref="Create"/>
    public MonitorPipeline GetOrCreate(string name, ResiliencePipelineSettings settings, Func<Exception, bool> isTransient)
    {
        if (TryGet(name, out var existing))
            return existing;

        // Two callers may build at once; the one that loses throws its own away, which has run nothing yet.
        return _pipelines.GetOrAdd(name, Build(name, settings, isTransient));
    }

    /// <summary>Finds a pipeline.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name; the message says which.</exception>
    public MonitorPipeline Get(string name) =>
        TryGet(name, out var pipeline) ? pipeline : throw new KeyNotFoundException($"There is no pipeline named '{name}'.");

    /// <summary>Finds a pipeline, if there is one of that name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out MonitorPipeline? pipeline)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _pipelines.TryGetValue(name, out pipeline);
    }

    /// <summary>Every pipeline, by name.</summary>
    public IReadOnlyList<MonitorPipeline> List() => [.. _pipelines.Values.OrderBy(static pipeline => pipeline.Name, StringComparer.Ordinal)];

    /// <summary>One pipeline's figures.</summary>
    /// <inheritdoc cref="Get"/>
    public PipelineMetrics GetMetrics(string name) => Get(name).GetMetrics();

    /// <summary>Every pipeline's figures, by name.</summary>
    public IReadOnlyList<PipelineMetrics> ListMetrics() => [.. List().Select(static pipeline => pipeline.GetMetrics())];

    /// <summary>As <see cref="ListMetrics"/>, after a look at the shared state of every breaker that was not looked at lately.</summary>
    public async ValueTask<IReadOnlyList<PipelineMetrics>> ReadMetricsAsync(CancellationToken cancellationToken)
    {
        var pipelines = List();
        await Task.WhenAll(pipelines.Select(pipeline => pipeline.RefreshBreakerAsync(cancellationToken).AsTask())).ConfigureAwait(false);
        return [.. pipelines.Select(static pipeline => pipeline.GetMetrics())];
    }

    /// <summary>Closes a pipeline's breaker for all instances, isolated or not, and begins this instance's counters anew. The transitions are kept.</summary>
    /// <exception cref="BreakerStoreException">It could not be recorded; nothing was changed.</exception>
    /// <inheritdoc cref="Get"/>
    public Task ResetAsync(string name, CancellationToken cancellationToken = default) => Get(name).ResetAsync(cancellationToken);

    /// <summary>Resets every pipeline.</summary>
    public async Task ResetAllAsync(CancellationToken cancellationToken = default)
    {
        foreach (var pipeline in List())
            await pipeline.ResetAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a pipeline's breaker by hand, for all instances; it rejects until it is reset.</summary>
    /// <exception cref="BreakerStoreException">It could not be recorded; nothing was changed.</exception>
    /// <inheritdoc cref="Get"/>
    public Task IsolateAsync(string name, CancellationToken cancellationToken = default) => Get(name).IsolateAsync(cancellationToken);

    /// <summary>Forgets every pipeline. Whoever holds one can go on using it.</summary>
    public void Clear() => _pipelines.Clear();

    private MonitorPipeline Build(string name, ResiliencePipelineSettings settings, Func<Exception, bool> isTransient)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(isTransient);

        var checkedResult = _validator.Validate(name, settings);
        if (checkedResult.Failed)
            throw new OptionsValidationException(name, typeof(ResiliencePipelineSettings), checkedResult.Failures);

        // A copy, so that a change made to a shared options object later cannot pull the timeout from under a running pipeline.
        return new MonitorPipeline(name, settings with { }, isTransient, breakerStates, timeProvider, logger);
    }
}
