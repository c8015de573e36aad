using DurableCircuitBreaker.Tests.Support;
using Polly;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests;

/// <summary>Callbacks and telemetry events.</summary>
public sealed class BreakerListenerTests
{
    private readonly BreakerFixture fixture = new();
    private readonly RecordingListener telemetry = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Callbacks_are_told_what_happened()
    {
        var told = new List<object>();
        var instance = fixture.Build(change: options =>
        {
            options.OnOpened = args => Tell(args);
            options.OnClosed = args => Tell(args);
            options.OnHalfOpened = args => Tell(args);
            options.OnStoreUnavailable = args => Tell(args);
        });
        await instance.FailAsync(5);
        fixture.Advance(60);
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        await instance.Control.IsolateAsync("maintenance", Token);
        var fault = new IOException("unreachable");
        fixture.Store.Fault = fault;
        await instance.Control.ReadAsync(Token);
        Assert.Equal(
            [
                new OnDurableCircuitOpenedArguments("test", "InvalidOperationException: down", TimeSpan.FromSeconds(60), isManual: false, isShared: true),
                new OnDurableCircuitHalfOpenedArguments("test", isShared: true),
                new OnDurableCircuitHalfOpenedArguments("test", isShared: true),
                new OnDurableCircuitClosedArguments("test", isShared: true),
                new OnDurableCircuitOpenedArguments("test", "maintenance", null, isManual: true, isShared: true),
                new OnBreakerStoreUnavailableArguments("test", fault, isUnreadable: false),
            ],
            told);

        ValueTask Tell(object args)
        {
            told.Add(args);
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task Telemetry_has_pollys_names_and_severities()
    {
        var pipeline = Build(options => options.OnOpened = null);
        await FailAsync(pipeline, 5);
        fixture.Advance(60);
        await pipeline.ExecuteAsync(static _ => ValueTask.CompletedTask, Token);
        await pipeline.ExecuteAsync(static _ => ValueTask.CompletedTask, Token);
        fixture.Store.Fault = new IOException("unreachable");
        fixture.Advance(5);
        await pipeline.ExecuteAsync(static _ => ValueTask.CompletedTask, Token);
        Assert.Equal(
            [
                "Error p/DurableCircuitBreaker OnCircuitOpened", "Warning p/DurableCircuitBreaker OnCircuitHalfOpened",
                "Warning p/DurableCircuitBreaker OnCircuitHalfOpened", "Information p/DurableCircuitBreaker OnCircuitClosed",
                "Warning p/DurableCircuitBreaker OnBreakerStoreUnavailable",
            ],
            telemetry.Events.Select(text => text.Split(':')[0]));
        Assert.Contains("Cause = InvalidOperationException: down", telemetry.Events[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_reports_every_call_that_would_have_been_rejected()
    {
        var pipeline = Build(options => options.DryRun = true);
        await FailAsync(pipeline, 8);
        Assert.Equal(
            ["Error p/DurableCircuitBreaker OnCircuitOpened", .. Enumerable.Repeat("Warning p/DurableCircuitBreaker OnDryRunWouldReject", 3)],
            telemetry.Events.Select(text => text.Split(':')[0]));
        Assert.Contains("BreakerName = test~dry-run", telemetry.Events[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejection_carries_where_it_came_from()
    {
        var pipeline = Build();
        await FailAsync(pipeline, 5);
        var exception = await Assert.ThrowsAsync<BrokenCircuitException>(async () => await pipeline.ExecuteAsync(static _ => ValueTask.CompletedTask, Token));
        Assert.Equal(("p", "DurableCircuitBreaker"), (exception.TelemetrySource?.PipelineName, exception.TelemetrySource?.StrategyName));
    }

    [Fact]
    public async Task A_callback_that_throws_hurts_no_call_and_is_reported()
    {
        var pipeline = Build(options =>
        {
            options.OnOpened = static _ => throw new FormatException("at once");
            options.OnHalfOpened = static async _ =>
            {
                await Task.CompletedTask;
                throw new FormatException("later");
            };
        });
        await FailAsync(pipeline, 5);
        fixture.Advance(60);
        await pipeline.ExecuteAsync(static _ => ValueTask.CompletedTask, Token);
        Assert.Equal(2, telemetry.Events.Count(text => text.StartsWith("Error p/DurableCircuitBreaker OnBreakerCallbackFailed: System.FormatException", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_callback_that_hangs_hurts_no_call_and_the_events_behind_it_wait()
    {
        var hung = new TaskCompletionSource();
        var told = new List<string>();
        var instance = fixture.Build(change: options =>
        {
            options.OnOpened = async _ =>
            {
                told.Add("opened");
                await hung.Task;
            };
            options.OnHalfOpened = _ =>
            {
                told.Add("half");
                return ValueTask.CompletedTask;
            };
        });
        await instance.FailAsync(5);
        await instance.BeRejectedAsync();
        fixture.Advance(60);
        await instance.SucceedAsync();
        Assert.Equal(["opened"], told);
        hung.SetResult();
        Assert.Equal(["opened", "half"], told);
    }

    [Fact]
    public async Task Callbacks_come_one_after_the_other_and_in_order()
    {
        var inside = 0;
        var told = new List<string>();
        var gates = new Queue<TaskCompletionSource>();
        async ValueTask Slowly(string what)
        {
            Assert.Equal(1, Interlocked.Increment(ref inside));
            told.Add(what);
            var gate = new TaskCompletionSource();
            gates.Enqueue(gate);
            await gate.Task;
            Interlocked.Decrement(ref inside);
        }

        var instance = fixture.Build(change: options =>
        {
            options.OnOpened = _ => Slowly("opened");
            options.OnClosed = _ => Slowly("closed");
            options.OnHalfOpened = _ => Slowly("half");
        });
        await instance.FailAsync(5);
        fixture.Advance(60);
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        await instance.FailAsync(5);
        while (gates.TryDequeue(out var gate))
            gate.SetResult();
        Assert.Equal(["opened", "half", "half", "closed", "opened"], told);
    }

    [Fact]
    public async Task A_callback_may_steer_the_breaker()
    {
        var control = new DurableCircuitBreakerControl();
        var instance = fixture.Build(change: options =>
        {
            options.Control = control;
            options.OnOpened = async _ => await control.ResetAsync("not today", Token);
        });
        await instance.FailAsync(5);
        await instance.SucceedAsync();
        Assert.Equal("not today", control.Current.Transitions[^1].Cause);
    }

    [Fact]
    public async Task An_isolation_that_nobody_knows_of_is_no_success_even_when_the_store_is_back_just_then()
    {
        var control = new DurableCircuitBreakerControl();
        var instance = fixture.Build(change: options =>
        {
            options.Control = control;
            // Between the write that failed and its writer's look at what became of it, another read succeeds.
            options.OnStoreUnavailable = async _ =>
            {
                fixture.Store.Fault = null;
                await control.ReadAsync(Token);
            };
        });
        await instance.SucceedAsync();
        fixture.Store.BeforeWrite = () => fixture.Store.Fault = new IOException("unreachable");
        var steering = Assert.ThrowsAsync<BreakerStoreException>(() => control.IsolateAsync(cancellationToken: Token));
        Assert.Equal("Breaker 'test' was not isolated: unreachable", (await TestInstance.Within(steering)).Message);
        Assert.Equal(StoreKnowledge.Known, control.Current.Store);
        await instance.SucceedAsync();
    }

    [Fact]
    public async Task A_telemetry_listener_that_throws_stops_neither_callbacks_nor_later_events()
    {
        var told = new List<string>();
        telemetry.Fault = new FormatException("telemetry");
        var pipeline = Build(options =>
        {
            options.OnOpened = _ =>
            {
                told.Add("opened");
                throw new InvalidOperationException();
            };
            options.OnHalfOpened = _ =>
            {
                told.Add("half");
                return ValueTask.CompletedTask;
            };
        });
        await FailAsync(pipeline, 5);
        fixture.Advance(60);
        await pipeline.ExecuteAsync(static _ => ValueTask.CompletedTask, Token);
        Assert.Equal(["opened", "half"], told);
        Assert.Equal(3, telemetry.Events.Count);
    }

    private static async Task FailAsync(ResiliencePipeline pipeline, int times)
    {
        for (var i = 0; i < times; i++)
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await pipeline.ExecuteAsync(static _ => throw new InvalidOperationException("down")));
    }

    private ResiliencePipeline Build(Action<DurableCircuitBreakerStrategyOptions>? change = null)
    {
        var options = new DurableCircuitBreakerStrategyOptions { BreakerName = "test", Store = fixture.Store, Randomizer = static () => 0 };
        change?.Invoke(options);
        return new ResiliencePipelineBuilder { Name = "p", TimeProvider = fixture.Time, TelemetryListener = telemetry }.AddDurableCircuitBreaker(options).Build();
    }
}
