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
        Assert.Equal(BreakerState.Closed, _pipeline.BreakerState);
        var metrics = _pipeline.GetMetrics();
        Assert.Null(metrics.OpenedAt);
        Assert.Null(metrics.NextProbeAt);
        Assert.Empty(metrics.Transitions);
    }

    [Fact]
    public async Task A_success_keeps_it_closed()
    {
        await PipelineFixture.FailTimes(_pipeline, 4);
        Assert.Equal(1, await PipelineFixture.Succeed(_pipeline));
        await PipelineFixture.FailTimes(_pipeline, 1);

        Assert.Equal(BreakerState.Closed, _pipeline.BreakerState);
    }

    [Fact]
    public async Task It_opens_at_the_threshold_and_not_before()
    {
        await PipelineFixture.FailTimes(_pipeline, 4);
        Assert.Equal(BreakerState.Closed, _pipeline.BreakerState);

        await PipelineFixture.FailTimes(_pipeline, 1);
        Assert.Equal(BreakerState.Open, _pipeline.BreakerState);

        await Assert.ThrowsAsync<BrokenCircuitException>(async () => await PipelineFixture.Succeed(_pipeline));
    }

    [Fact]
    public async Task Failures_further_apart_than_the_window_do_not_open_it()
    {
        await PipelineFixture.FailTimes(_pipeline, 4);
        _fixture.Clock.Advance(ResiliencePipelineSettings.DefaultSamplingDuration * 2);
        await PipelineFixture.FailTimes(_pipeline, 1);

        Assert.Equal(BreakerState.Closed, _pipeline.BreakerState);
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
    public async Task After_the_break_one_successful_probe_closes_it()
    {
        await PipelineFixture.Open(_pipeline);
        _fixture.EndBreak();

        BreakerState? during = null;
        await _pipeline.ExecuteAsync(
            _ =>
            {
                during = _pipeline.BreakerState;
                return ValueTask.CompletedTask;
            },
            default);

        Assert.Equal(BreakerState.HalfOpen, during);
        Assert.Equal(BreakerState.Closed, _pipeline.BreakerState);
    }

    [Fact]
    public async Task A_failed_probe_opens_it_again()
    {
        await PipelineFixture.Open(_pipeline);
        _fixture.EndBreak();
        await PipelineFixture.FailTimes(_pipeline, 1);

        Assert.Equal(BreakerState.Open, _pipeline.BreakerState);
        Assert.Equal(
            [BreakerState.Open, BreakerState.HalfOpen, BreakerState.Open],
            _pipeline.GetMetrics().Transitions.Select(transition => transition.To));
    }

    [Theory]
    [InlineData(ErrorKind.Path)]
    [InlineData(ErrorKind.Data)]
    public async Task An_answered_error_does_not_open_it(ErrorKind kind)
    {
        await PipelineFixture.FailTimes(_pipeline, 20, kind);

        Assert.Equal(BreakerState.Closed, _pipeline.BreakerState);
    }

    [Theory]
    [InlineData(ErrorKind.Path)]
    [InlineData(ErrorKind.Data)]
    public async Task An_answered_error_counts_as_a_success(ErrorKind kind)
    {
        await PipelineFixture.FailTimes(_pipeline, 4);
        await PipelineFixture.FailTimes(_pipeline, 1, kind);
        await PipelineFixture.FailTimes(_pipeline, 1);
        Assert.Equal(BreakerState.Closed, _pipeline.BreakerState);

        _fixture.Clock.Advance(ResiliencePipelineSettings.DefaultSamplingDuration * 2);
        await PipelineFixture.Open(_pipeline);
        _fixture.EndBreak();
        await PipelineFixture.FailTimes(_pipeline, 1, kind);
        Assert.Equal(BreakerState.Closed, _pipeline.BreakerState);
    }

    [Fact]
    public async Task A_rejection_carries_how_long_to_wait()
    {
        await PipelineFixture.Open(_pipeline);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(20));

        var rejection = Assert.IsType<BrokenCircuitException>(await PipelineFixture.Fail(_pipeline));

        Assert.Equal(TimeSpan.FromSeconds(40), rejection.RetryAfter);
        Assert.IsType<StoreException>(rejection.InnerException);
    }

    [Fact]
    public async Task RetryAfter_is_not_negative_when_a_probe_outlasts_the_break()
    {
        await PipelineFixture.Open(_pipeline);
        _fixture.EndBreak();
        var release = new TaskCompletionSource();
        var started = false;
        var probe = _pipeline.ExecuteAsync(
            async _ =>
            {
                started = true;
                await release.Task;
            },
            default).AsTask();
        await PipelineFixture.Until(() => Volatile.Read(ref started));
        _fixture.Clock.Advance(ResiliencePipelineSettings.DefaultBreakDuration * 2);

        var rejection = Assert.IsType<BrokenCircuitException>(await PipelineFixture.Fail(_pipeline));
        Assert.Equal(TimeSpan.Zero, rejection.RetryAfter);
        Assert.IsType<StoreException>(rejection.InnerException);

        release.SetResult();
        await probe;
        Assert.Equal(BreakerState.Closed, _pipeline.BreakerState);
    }

    [Fact]
    public async Task Isolated_it_rejects_until_reset_however_long_that_is()
    {
        await _fixture.Registry.IsolateAsync(PipelineFixture.Name, TestContext.Current.CancellationToken);
        _fixture.Clock.Advance(TimeSpan.FromDays(2));

        Assert.Equal(BreakerState.Isolated, _pipeline.BreakerState);
        await Assert.ThrowsAsync<IsolatedCircuitException>(async () => await PipelineFixture.Succeed(_pipeline));

        await _fixture.Registry.ResetAsync(PipelineFixture.Name, TestContext.Current.CancellationToken);
        Assert.Equal(BreakerState.Closed, _pipeline.BreakerState);
        Assert.Equal(1, await PipelineFixture.Succeed(_pipeline));
    }

    [Fact]
    public async Task A_reset_closes_it_and_forgets_the_failures()
    {
        await PipelineFixture.Open(_pipeline);
        await _fixture.Registry.ResetAsync(PipelineFixture.Name, TestContext.Current.CancellationToken);
        Assert.Equal(BreakerState.Closed, _pipeline.BreakerState);

        await PipelineFixture.FailTimes(_pipeline, 4);
        Assert.Equal(BreakerState.Closed, _pipeline.BreakerState);
        await _fixture.Registry.ResetAsync(PipelineFixture.Name, TestContext.Current.CancellationToken);
        await PipelineFixture.FailTimes(_pipeline, 4);
        Assert.Equal(BreakerState.Closed, _pipeline.BreakerState);
    }

    [Fact]
    public async Task A_probe_that_its_caller_cancels_opens_it_again_instead_of_blocking_it()
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

        Assert.Equal(BreakerState.Open, _pipeline.BreakerState);
        Assert.Equal(PipelineEvents.ProbeCancelledCause, _pipeline.GetMetrics().Transitions[^1].Cause);
        _fixture.EndBreak();
        Assert.Equal(1, await PipelineFixture.Succeed(_pipeline));
    }

    [Fact]
    public async Task A_predicate_that_throws_does_not_block_the_probe()
    {
        var pipeline = _fixture.Registry.Create("odd", PipelineFixture.Settings(), _ => throw new InvalidOperationException("a bug"));
        await PipelineFixture.Open(pipeline);
        _fixture.EndBreak();
        await PipelineFixture.FailTimes(pipeline, 1);
        Assert.Equal(BreakerState.Open, pipeline.BreakerState);

        _fixture.EndBreak();
        Assert.Equal(1, await PipelineFixture.Succeed(pipeline));
        Assert.Contains(_fixture.Logs.GetSnapshot(), record => record.Id.Id == 5004);
    }

    [Fact]
    public async Task Its_metrics_say_when_it_opened_when_it_probes_and_why()
    {
        var opened = _fixture.Clock.GetUtcNow();
        await PipelineFixture.Open(_pipeline);

        var metrics = _pipeline.GetMetrics();
        Assert.Equal(BreakerState.Open, metrics.BreakerState);
        Assert.Equal(PipelineMetrics.InstanceScope, metrics.Scope);
        Assert.Equal(opened, metrics.OpenedAt);
        Assert.Equal(opened + ResiliencePipelineSettings.DefaultBreakDuration, metrics.NextProbeAt);
        Assert.Equal([new BreakerTransition(opened, BreakerState.Closed, BreakerState.Open, "StoreException: refused")], metrics.Transitions);

        _fixture.EndBreak();
        await PipelineFixture.Succeed(_pipeline);
        metrics = _pipeline.GetMetrics();
        Assert.Null(metrics.OpenedAt);
        Assert.Null(metrics.NextProbeAt);
        Assert.Equal(
            ["StoreException: refused", PipelineEvents.BreakOverCause, PipelineEvents.ProbeSucceededCause],
            metrics.Transitions.Select(transition => transition.Cause));
    }

    [Fact]
    public async Task Isolation_is_a_transition_with_no_next_probe()
    {
        await _fixture.Registry.IsolateAsync(PipelineFixture.Name, TestContext.Current.CancellationToken);
        await _fixture.Registry.IsolateAsync(PipelineFixture.Name, TestContext.Current.CancellationToken);

        var metrics = _pipeline.GetMetrics();
        Assert.Equal(_fixture.Clock.GetUtcNow(), metrics.OpenedAt);
        Assert.Null(metrics.NextProbeAt);
        var transition = Assert.Single(metrics.Transitions);
        Assert.Equal((BreakerState.Isolated, PipelineEvents.ManualCause), (transition.To, transition.Cause));
    }
}
