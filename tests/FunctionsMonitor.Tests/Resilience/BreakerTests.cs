using DurableCircuitBreaker;
using FunctionsMonitor.Resilience;
using Polly.CircuitBreaker;

namespace FunctionsMonitor.Tests.Resilience;

public sealed class BreakerTests
{
    private readonly PipelineFixture _fixture = new();
    private readonly MonitorPipeline _pipeline;

    public BreakerTests() => _pipeline = _fixture.Create();

    [Fact]
    public void It_starts_closed()
    {
        Assert.Equal(CircuitState.Closed, _pipeline.Breaker.State);
        var metrics = _pipeline.GetMetrics();
        Assert.Null(metrics.Breaker.OpenedAt);
        Assert.Null(metrics.Breaker.NextProbeAt);
        Assert.Empty(metrics.Breaker.Transitions);
    }

    [Fact]
    public async Task A_success_keeps_it_closed()
    {
        await PipelineFixture.FailTimes(_pipeline, 4);
        Assert.Equal(1, await PipelineFixture.Succeed(_pipeline));
        await PipelineFixture.FailTimes(_pipeline, 1);

        Assert.Equal(CircuitState.Closed, _pipeline.Breaker.State);
    }

    [Fact]
    public async Task It_opens_at_the_threshold_and_not_before()
    {
        await PipelineFixture.FailTimes(_pipeline, 4);
        Assert.Equal(CircuitState.Closed, _pipeline.Breaker.State);

        await PipelineFixture.FailTimes(_pipeline, 1);
        Assert.Equal(CircuitState.Open, _pipeline.Breaker.State);

        await Assert.ThrowsAsync<BrokenCircuitException>(async () => await PipelineFixture.Succeed(_pipeline));
    }

    [Fact]
    public async Task Failures_further_apart_than_the_window_do_not_open_it()
    {
        await PipelineFixture.FailTimes(_pipeline, 4);
        _fixture.Clock.Advance(ResiliencePipelineSettings.DefaultSamplingDuration * 2);
        await PipelineFixture.FailTimes(_pipeline, 1);

        Assert.Equal(CircuitState.Closed, _pipeline.Breaker.State);
    }

    [Fact]
    public async Task It_rejects_until_the_break_is_over()
    {
        await PipelineFixture.Open(_pipeline);
        _fixture.Clock.Advance(ResiliencePipelineSettings.DefaultBreakDuration - TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<BrokenCircuitException>(async () => await PipelineFixture.Succeed(_pipeline));

        _fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await PipelineFixture.Succeed(_pipeline));
    }

    [Fact]
    public async Task After_the_break_enough_successful_probes_close_it()
    {
        await PipelineFixture.Open(_pipeline);
        _fixture.EndBreak();

        CircuitState? during = null;
        await _pipeline.ExecuteAsync(
            _ =>
            {
                during = _pipeline.Breaker.State;
                return ValueTask.CompletedTask;
            },
            default);
        Assert.Equal(CircuitState.HalfOpen, during);
        Assert.Equal(CircuitState.HalfOpen, _pipeline.Breaker.State);

        await PipelineFixture.Succeed(_pipeline);
        Assert.Equal(CircuitState.Closed, _pipeline.Breaker.State);
    }

    [Fact]
    public async Task A_failed_probe_opens_it_again()
    {
        await PipelineFixture.Open(_pipeline);
        _fixture.EndBreak();
        await PipelineFixture.FailTimes(_pipeline, 1);

        Assert.Equal(CircuitState.Open, _pipeline.Breaker.State);
        Assert.Equal(
            [CircuitState.Open, CircuitState.HalfOpen, CircuitState.Open],
            _pipeline.GetMetrics().Breaker.Transitions.Select(transition => transition.To));
    }

    [Theory]
    [InlineData(ErrorKind.Path)]
    [InlineData(ErrorKind.Data)]
    public async Task An_answered_error_does_not_open_it(ErrorKind kind)
    {
        await PipelineFixture.FailTimes(_pipeline, 20, kind);

        Assert.Equal(CircuitState.Closed, _pipeline.Breaker.State);
    }

    [Theory]
    [InlineData(ErrorKind.Path)]
    [InlineData(ErrorKind.Data)]
    public async Task An_answered_error_counts_as_a_success(ErrorKind kind)
    {
        await PipelineFixture.FailTimes(_pipeline, 4);
        await PipelineFixture.FailTimes(_pipeline, 1, kind);
        await PipelineFixture.FailTimes(_pipeline, 1);
        Assert.Equal(CircuitState.Closed, _pipeline.Breaker.State);

        _fixture.Clock.Advance(ResiliencePipelineSettings.DefaultSamplingDuration * 2);
        await PipelineFixture.Open(_pipeline);
        _fixture.EndBreak();
        await PipelineFixture.FailTimes(_pipeline, ResiliencePipelineSettings.DefaultSuccessThreshold, kind);
        Assert.Equal(CircuitState.Closed, _pipeline.Breaker.State);
    }

    [Fact]
    public async Task A_rejection_carries_how_long_to_wait_and_why()
    {
        await PipelineFixture.Open(_pipeline);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(20));

        var rejection = Assert.IsType<BrokenCircuitException>(await PipelineFixture.Fail(_pipeline));

        Assert.Equal(TimeSpan.FromSeconds(40), rejection.RetryAfter);
        Assert.Contains("StoreException: refused", rejection.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_probe_that_outlasts_its_lease_is_replaced_and_its_late_result_changes_nothing()
    {
        await PipelineFixture.Open(_pipeline);
        _fixture.EndBreak();
        var release = new TaskCompletionSource();
        var probe = _pipeline.ExecuteAsync(async _ => await release.Task, default).AsTask();
        var rejection = Assert.IsType<BrokenCircuitException>(await PipelineFixture.Fail(_pipeline));
        Assert.Equal(ResiliencePipelineSettings.DefaultProbeLease, rejection.RetryAfter);

        // The host that held the lease bids one lease later than others would.
        _fixture.Clock.Advance(ResiliencePipelineSettings.DefaultProbeLease * 2);
        await PipelineFixture.SucceedTimes(_pipeline);
        Assert.Equal(CircuitState.Closed, _pipeline.Breaker.State);
        var epoch = _pipeline.Breaker.Epoch;

        release.SetException(new StoreException(ErrorKind.Transient));
        await Assert.ThrowsAnyAsync<Exception>(() => probe);
        Assert.Equal((CircuitState.Closed, epoch), (_pipeline.Breaker.State, _pipeline.Breaker.Epoch));
    }

    [Fact]
    public async Task Isolated_it_rejects_until_reset_however_long_that_is()
    {
        await _fixture.Registry.IsolateAsync(PipelineFixture.Name, TestContext.Current.CancellationToken);
        _fixture.Clock.Advance(TimeSpan.FromDays(2));

        Assert.Equal(CircuitState.Isolated, _pipeline.Breaker.State);
        await Assert.ThrowsAsync<IsolatedCircuitException>(async () => await PipelineFixture.Succeed(_pipeline));

        await _fixture.Registry.ResetAsync(PipelineFixture.Name, TestContext.Current.CancellationToken);
        Assert.Equal(CircuitState.Closed, _pipeline.Breaker.State);
        Assert.Equal(1, await PipelineFixture.Succeed(_pipeline));
    }

    [Fact]
    public async Task A_reset_closes_it_and_forgets_the_failures()
    {
        await PipelineFixture.Open(_pipeline);
        await _fixture.Registry.ResetAsync(PipelineFixture.Name, TestContext.Current.CancellationToken);
        Assert.Equal(CircuitState.Closed, _pipeline.Breaker.State);

        await PipelineFixture.FailTimes(_pipeline, 4);
        Assert.Equal(CircuitState.Closed, _pipeline.Breaker.State);
        await _fixture.Registry.ResetAsync(PipelineFixture.Name, TestContext.Current.CancellationToken);
        await PipelineFixture.FailTimes(_pipeline, 4);
        Assert.Equal(CircuitState.Closed, _pipeline.Breaker.State);
    }

    [Fact]
    public async Task A_probe_that_its_caller_cancels_leaves_the_next_one_to_another_call_at_once()
    {
        await PipelineFixture.Open(_pipeline);
        _fixture.EndBreak();
        using var caller = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _pipeline.ExecuteAsync(
            async token =>
            {
                await caller.CancelAsync();
                token.ThrowIfCancellationRequested();
            },
            caller.Token));

        Assert.Equal(CircuitState.HalfOpen, _pipeline.Breaker.State);
        await PipelineFixture.SucceedTimes(_pipeline);
        Assert.Equal(CircuitState.Closed, _pipeline.Breaker.State);
    }

    [Fact]
    public async Task A_predicate_that_throws_does_not_block_the_probe()
    {
        var pipeline = _fixture.Registry.Create("odd", PipelineFixture.Settings(), _ => throw new InvalidOperationException("a bug"));
        await PipelineFixture.Open(pipeline);
        _fixture.EndBreak();
        await PipelineFixture.FailTimes(pipeline, 1);
        Assert.Equal(CircuitState.Open, pipeline.Breaker.State);

        _fixture.EndSecondBreak();
        Assert.Equal(1, await PipelineFixture.Succeed(pipeline));
        Assert.Contains(_fixture.Logs.GetSnapshot(), record => record.Id.Id == 5004);
    }

    [Fact]
    public async Task Its_metrics_say_when_it_opened_when_it_probes_and_why()
    {
        var opened = _fixture.Clock.GetUtcNow();
        await PipelineFixture.Open(_pipeline);

        var metrics = _pipeline.GetMetrics();
        Assert.Equal(CircuitState.Open, metrics.Breaker.State);
        Assert.Equal(PipelineMetrics.InstanceScope, metrics.Scope);
        Assert.Equal(opened, metrics.Breaker.OpenedAt);
        Assert.Equal(opened + ResiliencePipelineSettings.DefaultBreakDuration, metrics.Breaker.NextProbeAt);
        var transition = Assert.Single(metrics.Breaker.Transitions);
        Assert.Equal(
            (opened, CircuitState.Closed, CircuitState.Open, "StoreException: refused"),
            (transition.At, transition.From, transition.To, transition.Cause));
        Assert.Equal("StoreException: refused", metrics.Breaker.Reason);

        _fixture.EndBreak();
        await PipelineFixture.SucceedTimes(_pipeline);
        metrics = _pipeline.GetMetrics();
        Assert.Null(metrics.Breaker.OpenedAt);
        Assert.Null(metrics.Breaker.NextProbeAt);
        Assert.Equal(
            ["StoreException: refused", "break over", "probes succeeded"],
            metrics.Breaker.Transitions.Select(transition => transition.Cause));
    }

    [Fact]
    public async Task Isolation_is_a_transition_with_no_next_probe()
    {
        await _fixture.Registry.IsolateAsync(PipelineFixture.Name, TestContext.Current.CancellationToken);
        await _fixture.Registry.IsolateAsync(PipelineFixture.Name, TestContext.Current.CancellationToken);

        var metrics = _pipeline.GetMetrics();
        Assert.Equal(_fixture.Clock.GetUtcNow(), metrics.Breaker.OpenedAt);
        Assert.Null(metrics.Breaker.NextProbeAt);
        var transition = Assert.Single(metrics.Breaker.Transitions);
        Assert.Equal((CircuitState.Isolated, "manual"), (transition.To, transition.Cause));
    }

    [Fact]
    public async Task Another_instance_rejects_too_and_so_does_the_next_life_of_this_one()
    {
        await PipelineFixture.Open(_pipeline);
        var other = _fixture.NewInstance().Create(PipelineFixture.Name, PipelineFixture.Settings(), StoreException.IsTransient);

        Assert.IsType<BrokenCircuitException>(await PipelineFixture.Fail(other));
        Assert.Equal((CircuitState.Open, 0L), (other.Breaker.State, other.GetMetrics().Attempts));
    }

    [Fact]
    public async Task A_run_of_failures_spread_over_short_lives_opens_it()
    {
        for (var life = 1; life <= ResiliencePipelineSettings.DefaultFailureThreshold; life++)
        {
            var pipeline = _fixture.NewInstance().Create(PipelineFixture.Name, PipelineFixture.Settings(), StoreException.IsTransient);
            Assert.IsType<StoreException>(await PipelineFixture.Fail(pipeline));
            await pipeline.PersistBreakerAsync(TestContext.Current.CancellationToken);
        }

        Assert.IsType<BrokenCircuitException>(
            await PipelineFixture.Fail(_fixture.NewInstance().Create(PipelineFixture.Name, PipelineFixture.Settings(), StoreException.IsTransient)));
    }

    [Fact]
    public async Task Who_asks_instead_of_calling_hears_that_another_instance_closed_it()
    {
        await _fixture.Registry.IsolateAsync(PipelineFixture.Name, TestContext.Current.CancellationToken);
        Assert.True(await _pipeline.IsRejectingAsync(TestContext.Current.CancellationToken));

        var other = _fixture.NewInstance();
        other.Create(PipelineFixture.Name, PipelineFixture.Settings(), StoreException.IsTransient);
        await other.ResetAsync(PipelineFixture.Name, TestContext.Current.CancellationToken);
        _fixture.Clock.Advance(ResiliencePipelineSettings.DefaultRefreshInterval);

        Assert.False(await _pipeline.IsRejectingAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task It_is_not_rejecting_once_the_break_is_over()
    {
        await PipelineFixture.Open(_pipeline);
        Assert.True(await _pipeline.IsRejectingAsync(TestContext.Current.CancellationToken));
        _fixture.EndBreak();
        Assert.False(await _pipeline.IsRejectingAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_store_that_cannot_record_it_refuses_the_operator_and_says_so()
    {
        var registry = _fixture.NewInstance(new BrokenStates());
        registry.Create(PipelineFixture.Name, PipelineFixture.Settings(), StoreException.IsTransient);

        await Assert.ThrowsAsync<BreakerStoreException>(() => registry.IsolateAsync(PipelineFixture.Name, TestContext.Current.CancellationToken));
        Assert.Equal(1, await PipelineFixture.Succeed(registry.Get(PipelineFixture.Name)));
        Assert.Contains(_fixture.Logs.GetSnapshot(), record => record.Id.Id == 5008);
    }

    [Fact]
    public async Task A_store_that_hangs_holds_up_the_end_of_a_flush_for_two_seconds_at_most()
    {
        var pipeline = _fixture.NewInstance(new HangingWrites(_fixture.States)).Create(PipelineFixture.Name, PipelineFixture.Settings(), StoreException.IsTransient);
        Assert.IsType<StoreException>(await PipelineFixture.Fail(pipeline));
        var persisting = pipeline.PersistBreakerAsync(TestContext.Current.CancellationToken);
        _fixture.Clock.Advance(MonitorPipeline.MaxPersistWait - TimeSpan.FromMilliseconds(1));
        Assert.False(persisting.IsCompleted);
        _fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await persisting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private sealed class HangingWrites(IBreakerStateStore inner) : IBreakerStateStore
    {
        public ValueTask<BreakerStoreReading> ReadAsync(string name, CancellationToken cancellationToken) => inner.ReadAsync(name, cancellationToken);

        public async ValueTask<BreakerStoreWriting> WriteAsync(
            string name, ReadOnlyMemory<byte> content, string? expectedTag, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, CancellationToken.None);
            return default;
        }

        public IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken) => inner.ListAsync(cancellationToken);
    }

    private sealed class BrokenStates : IBreakerStateStore
    {
        public ValueTask<BreakerStoreReading> ReadAsync(string name, CancellationToken cancellationToken) => throw new IOException("gone");

        public ValueTask<BreakerStoreWriting> WriteAsync(
            string name, ReadOnlyMemory<byte> content, string? expectedTag, CancellationToken cancellationToken) => throw new IOException("gone");

        public IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken) => throw new IOException("gone");
    }
}
