using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using DurableCircuitBreaker;
using Polly;

namespace FunctionsMonitor.Benchmarks.Breaker;

/// <summary>A whole pipeline as programs build it: timeout, retry, breaker, from the outside in. Only the breaker differs.</summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
[HideColumns("Error", "Median")]
public class PipelineBenchmarks
{
    private readonly ManualCompletion completion = new();
    private ResiliencePipeline<string> polly = null!;
    private ResiliencePipeline<string> durable = null!;

    [GlobalSetup]
    public void Setup()
    {
        polly = Outer().AddCircuitBreaker(new()).Build();
        durable = Outer().AddDurableCircuitBreaker(BreakerPipelines.Options(new InMemoryBreakerStateStore())).Build();
    }

    [Benchmark(Description = "Polly", Baseline = true), BenchmarkCategory("1 completes at once")]
    public Outcome<string> AtOncePolly() => AtOnce(polly);

    [Benchmark(Description = "Durable"), BenchmarkCategory("1 completes at once")]
    public Outcome<string> AtOnceDurable() => AtOnce(durable);

    [Benchmark(Description = "Polly", Baseline = true), BenchmarkCategory("2 pending")]
    public Outcome<string> PendingPolly() => Pending(polly);

    [Benchmark(Description = "Durable"), BenchmarkCategory("2 pending")]
    public Outcome<string> PendingDurable() => Pending(durable);

    private static ResiliencePipelineBuilder<string> Outer() =>
        new ResiliencePipelineBuilder<string>().AddTimeout(TimeSpan.FromSeconds(60)).AddRetry(new());

    private Outcome<string> AtOnce(ResiliencePipeline<string> pipeline)
    {
        var context = ResilienceContextPool.Shared.Get();
        var outcome = pipeline.ExecuteOutcomeAsync(
            static (_, _) => new ValueTask<Outcome<string>>(Outcome.FromResult(BreakerPipelines.Answer)), context, this).Wait();
        ResilienceContextPool.Shared.Return(context);
        return outcome;
    }

    private Outcome<string> Pending(ResiliencePipeline<string> pipeline)
    {
        var context = ResilienceContextPool.Shared.Get();
        var call = pipeline.ExecuteOutcomeAsync(static (_, completion) => completion.Start(), context, completion);
        completion.Complete();
        var outcome = call.Wait();
        ResilienceContextPool.Shared.Return(context);
        return outcome;
    }
}
