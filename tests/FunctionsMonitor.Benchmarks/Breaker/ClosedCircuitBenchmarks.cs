using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using DurableCircuitBreaker;
using FunctionsMonitor.TestSupport;
using Polly;

namespace FunctionsMonitor.Benchmarks.Breaker;

/// <summary>
/// What a breaker costs a call that succeeds. "No strategy" is Polly's empty pipeline, the floor. The calls complete at once, or are
/// pending and completed right after (<see cref="ManualCompletion"/>), or come back on a thread of the pool.
/// </summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
[HideColumns("Error", "Median")]
public class ClosedCircuitBenchmarks
{
    private const int Yields = 8000;
    private readonly ManualCompletion completion = new();
    private readonly ResilienceContext context = ResilienceContextPool.Shared.Get();
    private TemporaryFolder? folder;
    private ResiliencePipeline<string> polly = null!;
    private ResiliencePipeline<string> durable = null!;
    private ResiliencePipeline<string> ratio = null!;
    private ResiliencePipeline<string> file = null!;
    private ResiliencePipeline pollyUntyped = null!;
    private ResiliencePipeline durableUntyped = null!;

    [GlobalSetup]
    public void Setup()
    {
        folder = new();
        polly = BreakerPipelines.Polly();
        durable = BreakerPipelines.Durable(new InMemoryBreakerStateStore());
        ratio = BreakerPipelines.Durable(new InMemoryBreakerStateStore(), ratio: 0.1);
        file = BreakerPipelines.Durable(new FileBreakerStateStore(folder.Path));
        pollyUntyped = BreakerPipelines.PollyUntyped();
        durableUntyped = BreakerPipelines.DurableUntyped(new InMemoryBreakerStateStore());
    }

    [GlobalCleanup]
    public void Cleanup() => folder?.Dispose();

    [Benchmark(Description = "No strategy"), BenchmarkCategory("1 typed, completes at once")]
    public Outcome<string> SyncNothing() => AtOnce(ResiliencePipeline<string>.Empty);

    [Benchmark(Description = "Polly", Baseline = true), BenchmarkCategory("1 typed, completes at once")]
    public Outcome<string> SyncPolly() => AtOnce(polly);

    [Benchmark(Description = "Durable"), BenchmarkCategory("1 typed, completes at once")]
    public Outcome<string> SyncDurable() => AtOnce(durable);

    [Benchmark(Description = "Durable, by ratio"), BenchmarkCategory("1 typed, completes at once")]
    public Outcome<string> SyncRatio() => AtOnce(ratio);

    [Benchmark(Description = "Durable, file store"), BenchmarkCategory("1 typed, completes at once")]
    public Outcome<string> SyncFile() => AtOnce(file);

    [Benchmark(Description = "Polly", Baseline = true), BenchmarkCategory("2 untyped, completes at once")]
    public Outcome<string> UntypedPolly() => AtOnce(pollyUntyped);

    [Benchmark(Description = "Durable"), BenchmarkCategory("2 untyped, completes at once")]
    public Outcome<string> UntypedDurable() => AtOnce(durableUntyped);

    [Benchmark(Description = "No strategy"), BenchmarkCategory("3 typed, pending")]
    public Outcome<string> PendingNothing() => Pending(ResiliencePipeline<string>.Empty);

    [Benchmark(Description = "Polly", Baseline = true), BenchmarkCategory("3 typed, pending")]
    public Outcome<string> PendingPolly() => Pending(polly);

    [Benchmark(Description = "Durable"), BenchmarkCategory("3 typed, pending")]
    public Outcome<string> PendingDurable() => Pending(durable);

    [Benchmark(Description = "Durable, by ratio"), BenchmarkCategory("3 typed, pending")]
    public Outcome<string> PendingRatio() => Pending(ratio);

    [Benchmark(Description = "Durable, file store"), BenchmarkCategory("3 typed, pending")]
    public Outcome<string> PendingFile() => Pending(file);

    [Benchmark(Description = "Polly", Baseline = true), BenchmarkCategory("4 untyped, pending")]
    public Outcome<string> UntypedPendingPolly() => Pending(pollyUntyped);

    [Benchmark(Description = "Durable"), BenchmarkCategory("4 untyped, pending")]
    public Outcome<string> UntypedPendingDurable() => Pending(durableUntyped);

    [Benchmark(Description = "No strategy", OperationsPerInvoke = Yields), BenchmarkCategory("5 typed, Task.Yield, 1 flow")]
    public Task YieldOneNothing() => YieldAsync(ResiliencePipeline<string>.Empty, flows: 1);

    [Benchmark(Description = "Polly", Baseline = true, OperationsPerInvoke = Yields), BenchmarkCategory("5 typed, Task.Yield, 1 flow")]
    public Task YieldOnePolly() => YieldAsync(polly, flows: 1);

    [Benchmark(Description = "Durable", OperationsPerInvoke = Yields), BenchmarkCategory("5 typed, Task.Yield, 1 flow")]
    public Task YieldOneDurable() => YieldAsync(durable, flows: 1);

    [Benchmark(Description = "No strategy", OperationsPerInvoke = Yields), BenchmarkCategory("6 typed, Task.Yield, 8 flows")]
    public Task YieldEightNothing() => YieldAsync(ResiliencePipeline<string>.Empty, flows: 8);

    [Benchmark(Description = "Polly", Baseline = true, OperationsPerInvoke = Yields), BenchmarkCategory("6 typed, Task.Yield, 8 flows")]
    public Task YieldEightPolly() => YieldAsync(polly, flows: 8);

    [Benchmark(Description = "Durable", OperationsPerInvoke = Yields), BenchmarkCategory("6 typed, Task.Yield, 8 flows")]
    public Task YieldEightDurable() => YieldAsync(durable, flows: 8);

    private Outcome<string> AtOnce(ResiliencePipeline<string> pipeline) =>
        pipeline.ExecuteOutcomeAsync(static (_, _) => new ValueTask<Outcome<string>>(Outcome.FromResult(BreakerPipelines.Answer)), context, this).Wait();

    private Outcome<string> AtOnce(ResiliencePipeline pipeline) =>
        pipeline.ExecuteOutcomeAsync(static (_, _) => new ValueTask<Outcome<string>>(Outcome.FromResult(BreakerPipelines.Answer)), context, this).Wait();

    private Outcome<string> Pending(ResiliencePipeline<string> pipeline)
    {
        var call = pipeline.ExecuteOutcomeAsync(static (_, completion) => completion.Start(), context, completion);
        completion.Complete();
        return call.Wait();
    }

    private Outcome<string> Pending(ResiliencePipeline pipeline)
    {
        var call = pipeline.ExecuteOutcomeAsync(static (_, completion) => completion.Start(), context, completion);
        completion.Complete();
        return call.Wait();
    }

    /// <summary>Calls one after the other that start and end on threads of the pool, as a server's do.</summary>
    private static Task YieldAsync(ResiliencePipeline<string> pipeline, int flows) => Task.WhenAll(Enumerable.Range(0, flows).Select(_ => Task.Run(async () =>
    {
        var context = ResilienceContextPool.Shared.Get();
        for (var i = Yields / flows; i > 0; i--)
            await pipeline.ExecuteOutcomeAsync(static (_, _) => ComeBackAsync(), context, 0);
        ResilienceContextPool.Shared.Return(context);
    })));

    private static async ValueTask<Outcome<string>> ComeBackAsync()
    {
        await Task.Yield();
        return Outcome.FromResult(BreakerPipelines.Answer);
    }
}
