using Polly;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests.Support;

/// <summary>One instance: a pipeline with a durable breaker, the events it told of, and calls as the tests speak of them.</summary>
internal sealed class TestInstance
{
    // Real time: only a defect is ever waited for this long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public TestInstance(string host, IBreakerStateStore store, TimeProvider time, Action<DurableCircuitBreakerStrategyOptions>? change)
    {
        var options = new DurableCircuitBreakerStrategyOptions
        {
            BreakerName = BreakerFixture.Name,
            Store = store,
            HostId = host,
            InstanceId = $"{host}/{Guid.NewGuid():N}"[..12],
            Control = Control,
            Randomizer = static () => 0,
            GoesOnInline = true,
            OnOpened = args => Note($"opened {(args.IsShared ? "for all" : "alone")}: {args.Cause}"),
            OnClosed = args => Note($"closed {(args.IsShared ? "for all" : "alone")}"),
            OnHalfOpened = args => Note($"probes {(args.IsShared ? "for all" : "alone")}"),
            OnStoreUnavailable = args => Note(args.IsUnreadable ? "unreadable" : "store unavailable"),
        };
        change?.Invoke(options);
        Options = options;
        Pipeline = new ResiliencePipelineBuilder { TimeProvider = time }.AddDurableCircuitBreaker(options).Build();
    }

    public DurableCircuitBreakerStrategyOptions Options { get; }

    public DurableCircuitBreakerControl Control { get; } = new();

    public ResiliencePipeline Pipeline { get; }

    public List<string> Events { get; } = [];

    public BreakerSnapshot Current => Control.Current;

    public static Task Within(Task task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    public static Task<T> Within<T>(Task<T> task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    public Task SucceedAsync() => Within(Pipeline.ExecuteAsync(static _ => ValueTask.CompletedTask).AsTask());

    public async Task FailAsync(int times = 1)
    {
        for (var i = 0; i < times; i++)
            await Assert.ThrowsAsync<InvalidOperationException>(() => Within(Pipeline.ExecuteAsync(static _ => throw new InvalidOperationException("down")).AsTask()));
    }

    public async Task<BrokenCircuitException> BeRejectedAsync()
    {
        var called = false;
        var exception = await Assert.ThrowsAnyAsync<BrokenCircuitException>(() => Within(Pipeline.ExecuteAsync(_ =>
        {
            called = true;
            return ValueTask.CompletedTask;
        }).AsTask()));
        Assert.False(called);
        return exception;
    }

    /// <summary>A call that is under way until its source is completed.</summary>
    public (Task Call, TaskCompletionSource Source) Begin(CancellationToken cancellationToken = default)
    {
        var source = new TaskCompletionSource();
        var call = Pipeline.ExecuteAsync(async token => await source.Task.WaitAsync(token), cancellationToken).AsTask();
        return (call, source);
    }

    private ValueTask Note(string what)
    {
        lock (Events)
            Events.Add(what);
        return ValueTask.CompletedTask;
    }
}
