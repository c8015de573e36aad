using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using DurableCircuitBreaker;
using Polly;

namespace FunctionsMonitor.Benchmarks.Breaker;

/// <summary>One breaker under many threads. Times are of the whole crew: a call's share when they all work at once.</summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory, BenchmarkLogicalGroupRule.ByParams)]
[CategoriesColumn]
[HideColumns("Error", "Median")]
public class ContendedBreakerBenchmarks
{
    private const int Calls = 80_000;
    private Crew crew = null!;
    private Action polly = null!;
    private Action durable = null!;
    private Action ratio = null!;
    private Action openPolly = null!;
    private Action openDurable = null!;

    [Params(1, 8)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        crew = new(Threads);
        polly = Share(BreakerPipelines.Polly());
        durable = Share(BreakerPipelines.Durable(new InMemoryBreakerStateStore()));
        ratio = Share(BreakerPipelines.Durable(new InMemoryBreakerStateStore(), ratio: 0.1));
        openPolly = Share(BreakerPipelines.OpenPolly());
        openDurable = Share(BreakerPipelines.OpenDurable(new InMemoryBreakerStateStore()));
    }

    [GlobalCleanup]
    public void Cleanup() => crew.Dispose();

    [Benchmark(Description = "Polly", Baseline = true, OperationsPerInvoke = Calls), BenchmarkCategory("1 closed")]
    public void ClosedPolly() => crew.Do(polly);

    [Benchmark(Description = "Durable", OperationsPerInvoke = Calls), BenchmarkCategory("1 closed")]
    public void ClosedDurable() => crew.Do(durable);

    [Benchmark(Description = "Durable, by ratio", OperationsPerInvoke = Calls), BenchmarkCategory("1 closed")]
    public void ClosedRatio() => crew.Do(ratio);

    [Benchmark(Description = "Polly", Baseline = true, OperationsPerInvoke = Calls), BenchmarkCategory("2 open, as an outcome")]
    public void OpenPolly() => crew.Do(openPolly);

    [Benchmark(Description = "Durable", OperationsPerInvoke = Calls), BenchmarkCategory("2 open, as an outcome")]
    public void OpenDurable() => crew.Do(openDurable);

    /// <summary>One thread's part.</summary>
    private Action Share(ResiliencePipeline<string> pipeline) => () =>
    {
        var context = ResilienceContextPool.Shared.Get();
        for (var i = Calls / Threads; i > 0; i--)
            _ = pipeline.ExecuteOutcomeAsync(static (_, _) => new ValueTask<Outcome<string>>(Outcome.FromResult(BreakerPipelines.Answer)), context, 0).Wait();
        ResilienceContextPool.Shared.Return(context);
    };
}
