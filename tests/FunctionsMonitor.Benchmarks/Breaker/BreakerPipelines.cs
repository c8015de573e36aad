using DurableCircuitBreaker;
using Polly;
using Polly.CircuitBreaker;

namespace FunctionsMonitor.Benchmarks.Breaker;

/// <summary>
/// The rivals: Polly's own breaker with its defaults, which counts by ratio and knows of no other instance; and ours with its defaults, real
/// clock and refresh interval included.
/// </summary>
internal static class BreakerPipelines
{
    /// <summary>A reference, so that the untyped pipelines do not measure boxing.</summary>
    public const string Answer = "answer";

    private static readonly TimeSpan Long = TimeSpan.FromHours(24);

    public static ResiliencePipeline<string> Polly() => new ResiliencePipelineBuilder<string>().AddCircuitBreaker(new()).Build();

    public static ResiliencePipeline PollyUntyped() => new ResiliencePipelineBuilder().AddCircuitBreaker(new()).Build();

    public static ResiliencePipeline<string> Durable(IBreakerStateStore store, double? ratio = null) =>
        new ResiliencePipelineBuilder<string>().AddDurableCircuitBreaker(Options(store, ratio)).Build();

    public static ResiliencePipeline DurableUntyped(IBreakerStateStore store) =>
        new ResiliencePipelineBuilder().AddDurableCircuitBreaker(new DurableCircuitBreakerStrategyOptions { BreakerName = "benchmark", Store = store }).Build();

    public static DurableCircuitBreakerStrategyOptions<string> Options(IBreakerStateStore store, double? ratio = null) =>
        new() { BreakerName = "benchmark", Store = store, FailureRatio = ratio };

    /// <summary>Opened by failures, and open for longer than any benchmark runs.</summary>
    public static ResiliencePipeline<string> OpenPolly() => Opened(new ResiliencePipelineBuilder<string>()
        .AddCircuitBreaker(new() { MinimumThroughput = 2, BreakDuration = Long }).Build());

    /// <inheritdoc cref="OpenPolly"/>
    public static ResiliencePipeline<string> OpenDurable(IBreakerStateStore store)
    {
        var options = Options(store);
        options.FailureThreshold = 2;
        options.BreakDuration = options.MaxBreakDuration = Long;
        options.VoteWindow = Long + options.ProbeLease;
        return Opened(new ResiliencePipelineBuilder<string>().AddDurableCircuitBreaker(options).Build());
    }

    private static ResiliencePipeline<string> Opened(ResiliencePipeline<string> pipeline)
    {
        var failure = Outcome.FromException<string>(new InvalidOperationException());
        var context = ResilienceContextPool.Shared.Get();
        for (var i = 0; i < 3; i++)
        {
            var outcome = pipeline.ExecuteOutcomeAsync(static (_, failure) => ValueTask.FromResult(failure), context, failure).AsTask().GetAwaiter().GetResult();
            if (outcome.Exception is BrokenCircuitException)
                return pipeline;
        }

        throw new InvalidOperationException("The circuit did not open.");
    }
}
