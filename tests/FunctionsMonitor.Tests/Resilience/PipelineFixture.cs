using System.Diagnostics;
using DurableCircuitBreaker;
using FunctionsMonitor.Resilience;
using Microsoft.Extensions.Logging.Testing;

namespace FunctionsMonitor.Tests.Resilience;

/// <summary>A registry on a fake clock, and the few ways in which the tests call a pipeline.</summary>
internal sealed class PipelineFixture
{
    public const string Name = "store";

    public static readonly TimeSpan TotalTimeout = TimeSpan.FromMinutes(59);
    public static readonly TimeSpan AttemptTimeout = TimeSpan.FromMinutes(29);

    private readonly FakeLogger<MonitorPipeline> _logger = new();
    private int _hanging;

    public PipelineFixture()
    {
        States = new InMemoryBreakerStateStore(Clock);
        Registry = NewInstance();
    }

    public RecordingClock Clock { get; } = new();

    public FakeLogCollector Logs => _logger.Collector;

    /// <summary>What all instances share.</summary>
    public InMemoryBreakerStateStore States { get; }

    public PipelineRegistry Registry { get; }

    /// <summary>Another process, on the same shared state.</summary>
    public PipelineRegistry NewInstance(IBreakerStateStore? states = null) => new(states ?? States, Clock, _logger);

    /// <summary>The delays waited between attempts, in order.</summary>
    public IReadOnlyList<TimeSpan> Delays => Clock.Delays;

    /// <summary>No retry and no jitter, and timeouts far off; a test sets what it is about.</summary>
    public static ResiliencePipelineSettings Settings() => new()
    {
        TotalTimeout = TotalTimeout,
        AttemptTimeout = () => AttemptTimeout,
        MaxAttempts = 1,
        UseJitter = false,
    };

    public MonitorPipeline Create(ResiliencePipelineSettings? settings = null, string name = Name) =>
        Registry.Create(name, settings ?? Settings(), StoreException.IsTransient);

    public static ValueTask<int> Succeed(MonitorPipeline pipeline) => pipeline.ExecuteAsync(_ => ValueTask.FromResult(1), default);

    public static async Task<Exception> Fail(MonitorPipeline pipeline, ErrorKind kind = ErrorKind.Transient) =>
        (await Record.ExceptionAsync(async () =>
            await pipeline.ExecuteAsync<int>(_ => throw new StoreException(kind), default)))!;

    public static async Task FailTimes(MonitorPipeline pipeline, int times, ErrorKind kind = ErrorKind.Transient)
    {
        for (var i = 0; i < times; i++)
            Assert.IsType<StoreException>(await Fail(pipeline, kind));
    }

    /// <summary>Opens the breaker of a pipeline with the default threshold.</summary>
    public static Task Open(MonitorPipeline pipeline) => FailTimes(pipeline, ResiliencePipelineSettings.DefaultFailureThreshold);

    public void EndBreak() => Clock.Advance(ResiliencePipelineSettings.DefaultBreakDuration);

    /// <summary>The break after a failed probe is twice as long, and the host whose probe failed waits one lease more.</summary>
    public void EndSecondBreak() => Clock.Advance(ResiliencePipelineSettings.DefaultBreakDuration * 2 + ResiliencePipelineSettings.DefaultProbeLease);

    /// <summary>As many successes as close a half-open breaker.</summary>
    public static async Task SucceedTimes(MonitorPipeline pipeline, int times = ResiliencePipelineSettings.DefaultSuccessThreshold)
    {
        for (var i = 0; i < times; i++)
            Assert.Equal(1, await Succeed(pipeline));
    }

    /// <summary>A callback that never answers, but heeds its token.</summary>
    public async ValueTask<int> Hang(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource<int>();
        await using var registration = token.Register(() =>
        {
            // Here, and not after the wait: the clock must not move on before the pipeline has seen this.
            Interlocked.Decrement(ref _hanging);
            cancelled.TrySetCanceled(token);
        });
        Interlocked.Increment(ref _hanging);
        return await cancelled.Task;
    }

    /// <summary>
    /// Moves the clock on in steps until the call is over, and only while the call waits for it, so that the time a step of
    /// the machine takes never becomes time of the clock.
    /// </summary>
    public async Task<T> Drive<T>(ValueTask<T> call, TimeSpan step)
    {
        var task = call.AsTask();
        while (true)
        {
            await Until(() => task.IsCompleted || Clock.PendingDelays > 0 || Volatile.Read(ref _hanging) > 0);
            if (task.IsCompleted)
                return await task;
            Clock.Advance(step);
        }
    }

    /// <summary>Gives way to other threads until the condition holds; gives up after half a minute.</summary>
    public static async Task Until(Func<bool> condition)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30), "What is waited for does not come.");
            await Task.Yield();
        }
    }
}
