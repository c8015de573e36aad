using DurableCircuitBreaker.Tests.Support;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace DurableCircuitBreaker.Tests;

/// <summary>What a user of Polly's own breaker expects of this one, as long as there is one instance and the store answers.</summary>
public sealed class DurableCircuitBreakerStrategyTests
{
    private readonly BreakerFixture fixture = new();

    [Fact]
    public async Task It_opens_at_the_threshold_and_not_before()
    {
        var instance = fixture.Build();
        await instance.FailAsync(4);
        Assert.Equal((CircuitState.Closed, true), (instance.Current.State, instance.Current.IsPassing));
        await instance.FailAsync();
        Assert.Equal((CircuitState.Open, false), (instance.Current.State, instance.Current.IsPassing));
        var rejection = await instance.BeRejectedAsync();
        Assert.Equal(TimeSpan.FromSeconds(60), rejection.RetryAfter);
        Assert.Equal("The circuit 'test' is open and is not allowing calls: InvalidOperationException: down", rejection.Message);
        Assert.Equal(["opened for all: InvalidOperationException: down"], instance.Events);
    }

    [Fact]
    public async Task A_success_begins_the_count_anew()
    {
        var instance = fixture.Build();
        await instance.FailAsync(4);
        await instance.SucceedAsync();
        await instance.FailAsync(4);
        Assert.Equal(CircuitState.Closed, instance.Current.State);
    }

    [Fact]
    public async Task Failures_further_apart_than_the_window_do_not_add_up()
    {
        var instance = fixture.Build();
        for (var i = 0; i < 10; i++)
        {
            await instance.FailAsync();
            fixture.Advance(60);
        }

        Assert.Equal(CircuitState.Closed, instance.Current.State);
    }

    [Fact]
    public async Task After_the_break_enough_successes_close_it()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Advance(60);
        Assert.Equal(TimeSpan.Zero, instance.Current.NextTryIn);
        await instance.SucceedAsync();
        Assert.Equal(CircuitState.HalfOpen, instance.Current.State);
        await instance.SucceedAsync();
        Assert.Equal(CircuitState.Closed, instance.Current.State);
        await instance.SucceedAsync();
        Assert.Equal(
            ["opened for all: InvalidOperationException: down", "probes for all", "probes for all", "closed for all"], instance.Events);
    }

    [Fact]
    public async Task A_failed_probe_opens_it_again_for_longer()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Advance(60);
        await instance.FailAsync();
        Assert.Equal(TimeSpan.FromSeconds(120), (await instance.BeRejectedAsync()).RetryAfter);
        Assert.Equal(2, instance.Current.BreakCount);
    }

    [Fact]
    public async Task What_is_left_of_the_break_is_what_a_rejected_caller_is_told()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Advance(59.5);
        Assert.Equal(TimeSpan.FromSeconds(0.5), (await instance.BeRejectedAsync()).RetryAfter);
    }

    [Fact]
    public async Task While_one_call_probes_the_others_are_rejected()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Advance(60);
        var (probe, source) = instance.Begin();
        // The lease is what the others wait for.
        Assert.Equal(TimeSpan.FromSeconds(15), (await instance.BeRejectedAsync()).RetryAfter);
        fixture.Advance(5);
        Assert.Equal(TimeSpan.FromSeconds(10), (await instance.BeRejectedAsync()).RetryAfter);
        source.SetResult();
        await TestInstance.Within(probe);
        Assert.Equal(1, instance.Current.Successes);
    }

    [Fact]
    public async Task A_rejection_is_not_counted_as_a_failure()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        for (var i = 0; i < 50; i++)
            await instance.BeRejectedAsync();
        Assert.Equal(1, instance.Current.BreakCount);
        fixture.Advance(60);
        await instance.SucceedAsync();
    }

    [Fact]
    public async Task A_call_that_ends_after_the_circuit_moved_on_changes_nothing()
    {
        var instance = fixture.Build();
        var late = instance.Begin();
        await instance.FailAsync(5);
        late.Source.SetException(new InvalidOperationException("down"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => TestInstance.Within(late.Call));
        Assert.Equal(1, instance.Current.LateResults);
        Assert.Equal(1, instance.Current.BreakCount);
    }

    [Fact]
    public async Task Results_can_be_failures_too()
    {
        var control = new DurableCircuitBreakerControl();
        var pipeline = new ResiliencePipelineBuilder<int> { TimeProvider = fixture.Time }.AddDurableCircuitBreaker(new DurableCircuitBreakerStrategyOptions<int>
        {
            BreakerName = "typed",
            Store = fixture.Store,
            FailureThreshold = 2,
            Control = control,
            ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Result >= 500),
        }).Build();
        Assert.Equal(503, await pipeline.ExecuteAsync(static _ => ValueTask.FromResult(503)));
        Assert.Equal(404, await pipeline.ExecuteAsync(static _ => ValueTask.FromResult(404)));
        Assert.Equal(503, await pipeline.ExecuteAsync(static _ => ValueTask.FromResult(503)));
        Assert.Equal(CircuitState.Closed, control.Current.State);
        Assert.Equal(503, await pipeline.ExecuteAsync(static _ => ValueTask.FromResult(503)));
        Assert.Equal((CircuitState.Open, "handled result"), (control.Current.State, control.Current.Reason));
        await Assert.ThrowsAsync<BrokenCircuitException>(async () => await pipeline.ExecuteAsync(static _ => ValueTask.FromResult(200)));
    }

    [Fact]
    public async Task An_exception_that_is_not_handled_is_a_success()
    {
        var instance = fixture.Build(change: options =>
        {
            options.FailureThreshold = 2;
            options.ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is InvalidOperationException);
        });
        await instance.FailAsync();
        await Assert.ThrowsAsync<FormatException>(async () => await instance.Pipeline.ExecuteAsync(static _ => throw new FormatException()));
        await instance.FailAsync();
        Assert.Equal(CircuitState.Closed, instance.Current.State);
    }

    [Theory]
    [InlineData("thrown at once")]
    [InlineData("thrown later")]
    [InlineData("as an outcome")]
    public async Task However_a_callback_fails_it_is_counted(string how)
    {
        var instance = fixture.Build(change: options => options.FailureThreshold = 1);
        var context = ResilienceContextPool.Shared.Get(TestContext.Current.CancellationToken);
        var outcome = await instance.Pipeline.ExecuteOutcomeAsync<int, string>(
            static async (_, how) =>
            {
                if (how == "as an outcome")
                    return Outcome.FromException<int>(new InvalidOperationException("down"));
                if (how == "thrown later")
                    await Task.Yield();
                throw new InvalidOperationException("down");
            },
            context, how);
        Assert.IsType<InvalidOperationException>(outcome.Exception);
        Assert.Equal(CircuitState.Open, instance.Current.State);
    }

    [Fact]
    public async Task A_delegate_that_throws_before_it_returns_a_task_is_counted()
    {
        var instance = fixture.Build(change: options => options.FailureThreshold = 1);
        var context = ResilienceContextPool.Shared.Get(TestContext.Current.CancellationToken);
        var outcome = await instance.Pipeline.ExecuteOutcomeAsync<int, int>(static (_, _) => throw new InvalidOperationException("down"), context, 0);
        Assert.IsType<InvalidOperationException>(outcome.Exception);
        Assert.Equal(CircuitState.Open, instance.Current.State);
    }

    [Fact]
    public async Task A_rejection_is_an_outcome_and_nothing_is_thrown_inside()
    {
        // The event is the whole process's: a name of its own tells this breaker's exceptions from those of tests that run beside it.
        var instance = fixture.Build(change: options => (options.FailureThreshold, options.BreakerName) = (1, "never-thrown"));
        await instance.FailAsync();
        var thrown = 0;
        AppDomain.CurrentDomain.FirstChanceException += Count;
        Outcome<int> outcome;
        try
        {
            var context = ResilienceContextPool.Shared.Get(TestContext.Current.CancellationToken);
            outcome = await instance.Pipeline.ExecuteOutcomeAsync(static (_, _) => Outcome.FromResultAsValueTask(1), context, 0);
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Count;
        }

        Assert.IsType<BrokenCircuitException>(outcome.Exception);
        Assert.Equal(0, thrown);

        void Count(object? sender, System.Runtime.ExceptionServices.FirstChanceExceptionEventArgs args)
        {
            if (args.Exception is BrokenCircuitException && args.Exception.Message.Contains("never-thrown", StringComparison.Ordinal))
                thrown++;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_predicate_may_take_its_time(bool asynchronousCall)
    {
        var gate = new TaskCompletionSource();
        var instance = fixture.Build(change: options =>
        {
            options.FailureThreshold = 1;
            options.ShouldHandle = async _ =>
            {
                await gate.Task;
                return true;
            };
        });
        var call = instance.Pipeline.ExecuteAsync(async _ =>
        {
            if (asynchronousCall)
                await Task.Yield();
        }).AsTask();
        Assert.Equal(CircuitState.Closed, instance.Current.State);
        gate.SetResult();
        await TestInstance.Within(call);
        Assert.Equal(CircuitState.Open, instance.Current.State);
    }

    [Theory]
    [InlineData("at once")]
    [InlineData("later")]
    [InlineData("after an asynchronous call")]
    public async Task What_a_predicate_throws_goes_to_whoever_awaits_the_call_and_is_not_counted(string when)
    {
        var instance = fixture.Build(change: options =>
        {
            options.FailureThreshold = 1;
            options.ShouldHandle = when == "later" ? static async _ => { await Task.Yield(); throw new FormatException(); } : static _ => throw new FormatException();
        });
        await instance.Control.ReadAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
        {
            var context = ResilienceContextPool.Shared.Get(TestContext.Current.CancellationToken);
            // As with Polly's own breaker it is in the task: nothing is thrown at the caller who only starts the call.
            var call = instance.Pipeline.ExecuteOutcomeAsync(
                static async (_, when) =>
                {
                    if (when == "after an asynchronous call")
                        await Task.Yield();
                    return Outcome.FromResult(1);
                },
                context, when);
            await Assert.ThrowsAsync<FormatException>(() => TestInstance.Within(call.AsTask()));
        }

        Assert.Equal(CircuitState.Closed, instance.Current.State);
        await Assert.ThrowsAsync<FormatException>(() => instance.SucceedAsync());
    }

    [Fact]
    public async Task A_predicate_that_throws_on_a_probe_does_not_keep_the_circuit_half_open()
    {
        var broken = false;
        var instance = fixture.Build(change: options => options.ShouldHandle = args =>
            broken ? throw new FormatException() : ValueTask.FromResult(args.Outcome.Exception is not null));
        await instance.FailAsync(5);
        fixture.Advance(60);
        broken = true;
        await Assert.ThrowsAsync<FormatException>(() => instance.SucceedAsync());
        Assert.Equal(CircuitState.HalfOpen, instance.Current.State);
        Assert.Null(instance.Current.Probe);
        broken = false;
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        Assert.Equal(CircuitState.Closed, instance.Current.State);
    }

    [Fact]
    public async Task A_call_that_its_caller_cancels_is_neither_a_failure_nor_a_success()
    {
        // Even where the predicate takes everything for a failure, and where a library wraps the cancellation.
        var instance = fixture.Build(change: options => options.ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is not null));
        await instance.FailAsync(4);
        for (var i = 0; i < 3; i++)
        {
            using var cancel = new CancellationTokenSource();
            var (call, _) = instance.Begin(cancel.Token);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TestInstance.Within(call));

            using var wrapped = new CancellationTokenSource();
            await Assert.ThrowsAsync<IOException>(async () => await instance.Pipeline.ExecuteAsync(
                async token =>
                {
                    await wrapped.CancelAsync();
                    throw new IOException("cancelled", new OperationCanceledException(token));
                },
                wrapped.Token));
        }

        Assert.Equal(CircuitState.Closed, instance.Current.State);
        await instance.FailAsync();
        Assert.Equal(CircuitState.Open, instance.Current.State);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_before_it_begins_is_not_made()
    {
        var instance = fixture.Build();
        var called = false;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await instance.Pipeline.ExecuteAsync(
            _ =>
            {
                called = true;
                return ValueTask.CompletedTask;
            },
            new CancellationToken(canceled: true)));
        Assert.False(called);
    }

    [Fact]
    public async Task A_probe_that_its_caller_cancels_returns_the_lease_at_once()
    {
        var (instance, other) = (fixture.Build(), fixture.Build("b"));
        await instance.FailAsync(5);
        fixture.Advance(60);
        using var cancel = new CancellationTokenSource();
        var (probe, _) = instance.Begin(cancel.Token);
        await other.BeRejectedAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TestInstance.Within(probe));
        Assert.Null(instance.Current.Probe);
        // The other one learns it by its next look, and not only when the lease would have ended.
        fixture.Advance(2.5);
        await other.Control.ReadAsync(TestContext.Current.CancellationToken);
        await other.SucceedAsync();
        Assert.Equal(1, other.Current.Successes);
    }

    [Fact]
    public async Task A_probe_that_takes_too_long_is_cancelled_before_its_lease_ends_and_counts_as_a_failure()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Advance(60);
        var (probe, _) = instance.Begin();
        fixture.Advance(13.4);
        Assert.False(probe.IsCompleted);
        fixture.Advance(0.2);
        await Assert.ThrowsAsync<TimeoutRejectedException>(() => TestInstance.Within(probe));
        Assert.Equal((CircuitState.Open, 2), (instance.Current.State, instance.Current.BreakCount));
    }

    [Fact]
    public async Task A_probe_that_hangs_and_ignores_its_token_is_replaced()
    {
        var (instance, other) = (fixture.Build(), fixture.Build("b"));
        await instance.FailAsync(5);
        fixture.Advance(60);
        var hung = new TaskCompletionSource();
        var probe = instance.Pipeline.ExecuteAsync(async _ => await hung.Task).AsTask();
        fixture.Advance(14.9);
        await other.BeRejectedAsync();
        fixture.Advance(0.1);
        await other.SucceedAsync();
        await other.SucceedAsync();
        Assert.Equal(CircuitState.Closed, other.Current.State);

        // When it comes back at last, nobody acts on it.
        await instance.Control.ReadAsync(TestContext.Current.CancellationToken);
        hung.SetException(new InvalidOperationException("down"));
        // Its token was cancelled by the lease: Polly's timeout takes over what it ends in.
        await Assert.ThrowsAnyAsync<Exception>(() => TestInstance.Within(probe));
        Assert.Equal(CircuitState.Closed, instance.Current.State);
        Assert.Equal(1, instance.Current.LateResults);
    }

    [Fact]
    public async Task Alone_an_instance_replaces_its_own_hung_probe_one_lease_later()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Advance(60);
        var hung = new TaskCompletionSource();
        var probe = instance.Pipeline.ExecuteAsync(async _ => await hung.Task).AsTask();
        fixture.Advance(29.9);
        var rejection = await instance.BeRejectedAsync();
        Assert.Equal(TimeSpan.FromSeconds(0.1), rejection.RetryAfter);
        fixture.Advance(0.1);
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        Assert.Equal(CircuitState.Closed, instance.Current.State);
        hung.SetResult();
        await TestInstance.Within(probe);
    }

    [Fact]
    public async Task Retry_outside_counts_every_attempt_and_stops_at_a_rejection_where_told_so()
    {
        var attempts = 0;
        var control = new DurableCircuitBreakerControl();
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = fixture.Time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = 9,
                Delay = TimeSpan.Zero,
                ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is not null and not BrokenCircuitException),
            })
            .AddDurableCircuitBreaker(new DurableCircuitBreakerStrategyOptions { BreakerName = "test", Store = fixture.Store, Control = control })
            .Build();
        await Assert.ThrowsAsync<BrokenCircuitException>(async () => await pipeline.ExecuteAsync(_ =>
        {
            attempts++;
            throw new InvalidOperationException("down");
        }));
        Assert.Equal(5, attempts);
        Assert.Equal(CircuitState.Open, control.Current.State);
    }

    [Fact]
    public async Task A_timeout_inside_is_a_failure_and_one_outside_says_nothing()
    {
        var instance = fixture.Build(change: options => options.FailureThreshold = 1);
        var outside = new ResiliencePipelineBuilder { TimeProvider = fixture.Time }.AddTimeout(TimeSpan.FromSeconds(1)).AddPipeline(instance.Pipeline).Build();
        var call = outside.ExecuteAsync(static async token => await Task.Delay(Timeout.Infinite, token)).AsTask();
        fixture.Advance(1);
        await Assert.ThrowsAsync<TimeoutRejectedException>(() => TestInstance.Within(call));
        Assert.Equal(CircuitState.Closed, instance.Current.State);

        var inside = new ResiliencePipelineBuilder { TimeProvider = fixture.Time }.AddPipeline(instance.Pipeline).AddTimeout(TimeSpan.FromSeconds(1)).Build();
        call = inside.ExecuteAsync(static async token => await Task.Delay(Timeout.Infinite, token)).AsTask();
        fixture.Advance(1);
        await Assert.ThrowsAsync<TimeoutRejectedException>(() => TestInstance.Within(call));
        Assert.Equal((CircuitState.Open, "TimeoutRejectedException: The operation didn't complete within the allowed timeout of '00:00:01'."), (instance.Current.State, instance.Current.Reason));
    }

    [Fact]
    public async Task By_ratio_it_opens_at_the_share_once_there_are_enough_calls()
    {
        var instance = fixture.Build(change: options => (options.FailureRatio, options.MinimumThroughput) = (0.5, 10));
        for (var i = 0; i < 5; i++)
            await instance.SucceedAsync();
        await instance.FailAsync(4);
        Assert.Equal(CircuitState.Closed, instance.Current.State);
        await instance.FailAsync();
        Assert.Equal(CircuitState.Open, instance.Current.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_callback_continues_on_the_callers_context_exactly_when_asked_to(bool continueOnCaptured)
    {
        // Cold, so that the store is waited for before the callback and the call goes the longest way.
        fixture.Store.Delay = TimeSpan.FromMilliseconds(100);
        var instance = fixture.Build();
        var captured = new InlineContext();
        SynchronizationContext? within = null;
        Task call;
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(captured);
        try
        {
            var context = ResilienceContextPool.Shared.Get(continueOnCaptured, TestContext.Current.CancellationToken);
            call = instance.Pipeline.ExecuteAsync(
                _ =>
                {
                    within = SynchronizationContext.Current;
                    return ValueTask.CompletedTask;
                },
                context).AsTask();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        Assert.False(call.IsCompleted);
        await Task.Run(() => fixture.Advance(0.1), TestContext.Current.CancellationToken);
        await TestInstance.Within(call);
        Assert.Equal(continueOnCaptured, ReferenceEquals(within, captured));
    }

    private sealed class InlineContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
            var before = Current;
            SetSynchronizationContext(this);
            try
            {
                d(state);
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }
    }
}
