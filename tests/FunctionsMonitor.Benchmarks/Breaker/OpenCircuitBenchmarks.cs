using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using DurableCircuitBreaker;
using FunctionsMonitor.TestSupport;
using Polly;
using Polly.CircuitBreaker;

namespace FunctionsMonitor.Benchmarks.Breaker;

/// <summary>What a rejected call costs: as an outcome, and as the exception that <c>ExecuteAsync</c> makes of it.</summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
[HideColumns("Error", "Median")]
public class OpenCircuitBenchmarks
{
    private readonly ResilienceContext context = ResilienceContextPool.Shared.Get();
    private TemporaryFolder? folder;
    private ResiliencePipeline<string> polly = null!;
    private ResiliencePipeline<string> durable = null!;
    private ResiliencePipeline<string> file = null!;

    [GlobalSetup]
    public void Setup()
    {
        folder = new();
        polly = BreakerPipelines.OpenPolly();
        durable = BreakerPipelines.OpenDurable(new InMemoryBreakerStateStore());
        file = BreakerPipelines.OpenDurable(new FileBreakerStateStore(folder.Path));
    }

    [GlobalCleanup]
    public void Cleanup() => folder?.Dispose();

    [Benchmark(Description = "Polly", Baseline = true), BenchmarkCategory("1 as an outcome")]
    public Outcome<string> OutcomePolly() => Rejected(polly);

    [Benchmark(Description = "Durable"), BenchmarkCategory("1 as an outcome")]
    public Outcome<string> OutcomeDurable() => Rejected(durable);

    [Benchmark(Description = "Durable, file store"), BenchmarkCategory("1 as an outcome")]
    public Outcome<string> OutcomeFile() => Rejected(file);

    [Benchmark(Description = "Polly", Baseline = true), BenchmarkCategory("2 as an exception")]
    public Task<string> ThrownPolly() => ThrownAsync(polly);

    [Benchmark(Description = "Durable"), BenchmarkCategory("2 as an exception")]
    public Task<string> ThrownDurable() => ThrownAsync(durable);

    private Outcome<string> Rejected(ResiliencePipeline<string> pipeline)
    {
        var outcome = pipeline.ExecuteOutcomeAsync(
            static (_, _) => new ValueTask<Outcome<string>>(Outcome.FromResult(BreakerPipelines.Answer)), context, this).Wait();
        return outcome.Exception is BrokenCircuitException ? outcome : throw new InvalidOperationException("The call was let in.");
    }

    private static async Task<string> ThrownAsync(ResiliencePipeline<string> pipeline)
    {
        try
        {
            return await pipeline.ExecuteAsync(static _ => new ValueTask<string>(BreakerPipelines.Answer));
        }
        catch (BrokenCircuitException exception)
        {
            return exception.Message;
        }
    }
}
