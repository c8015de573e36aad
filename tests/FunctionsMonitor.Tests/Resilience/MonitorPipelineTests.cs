using FunctionsMonitor.Resilience;
using Polly.CircuitBreaker;

namespace FunctionsMonitor.Tests.Resilience;

public sealed class MonitorPipelineTests
{
    private readonly PipelineFixture _fixture = new();

    [Fact]
    public async Task It_hands_the_state_in_and_the_result_out()
    {
        var result = await _fixture.Create().ExecuteAsync(
            static (state, _) => ValueTask.FromResult($"{state} done"), "flush", TestContext.Current.CancellationToken);

        Assert.Equal("flush done", result);
    }

    [Fact]
    public async Task Retries_that_fail_open_the_breaker_for_the_next_call()
    {
        var pipeline = _fixture.Create(PipelineFixture.Settings() with { MaxAttempts = 3, FailureThreshold = 3, RetryDelay = TimeSpan.Zero });

        // Three attempts of one call: the breaker counts attempts, not calls.
        Assert.IsType<StoreException>(await PipelineFixture.Fail(pipeline));
        Assert.IsType<BrokenCircuitException>(await PipelineFixture.Fail(pipeline));

        var metrics = pipeline.GetMetrics();
        Assert.Equal((2, 3, 2), (metrics.Calls, metrics.Attempts, metrics.Retries));
        Assert.Equal((1, 1, "StoreException: refused"), (metrics.Failures, metrics.Rejections, metrics.LastError));
    }

    [Fact]
    public async Task A_breaker_that_opens_between_attempts_ends_the_call_with_its_rejection()
    {
        var pipeline = _fixture.Create(PipelineFixture.Settings() with { MaxAttempts = 5, FailureThreshold = 2, RetryDelay = TimeSpan.Zero });

        var rejection = Assert.IsType<BrokenCircuitException>(await PipelineFixture.Fail(pipeline));

        Assert.Contains("StoreException: refused", rejection.Message, StringComparison.Ordinal);
        var metrics = pipeline.GetMetrics();
        Assert.Equal((2, 2, 0, 1), (metrics.Attempts, metrics.Retries, metrics.Failures, metrics.Rejections));
    }

    [Fact]
    public async Task The_calls_balance()
    {
        var pipeline = _fixture.Create();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await PipelineFixture.Succeed(pipeline);
        await PipelineFixture.FailTimes(pipeline, 1, ErrorKind.Data);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pipeline.ExecuteAsync(_ => ValueTask.CompletedTask, cancelled.Token));
        await _fixture.Registry.IsolateAsync(PipelineFixture.Name, TestContext.Current.CancellationToken);
        await PipelineFixture.Fail(pipeline);

        var metrics = pipeline.GetMetrics();
        Assert.Equal((4, 2), (metrics.Calls, metrics.Attempts));
        Assert.Equal((1, 1, 1, 1), (metrics.Successes, metrics.Failures, metrics.Cancelled, metrics.Rejections));
    }

    [Fact]
    public async Task Calls_of_a_path_count_for_it_and_for_the_whole_and_a_reset_forgets_them()
    {
        var pipeline = _fixture.Create(PipelineFixture.Settings() with { MaxAttempts = 2, RetryDelay = TimeSpan.Zero });
        await pipeline.ExecuteAsync("direct", static (state, _) => ValueTask.FromResult(state), 1, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<StoreException>(async () => await pipeline.ExecuteAsync<int, int>(
            "rpc", static (_, _) => throw new StoreException(ErrorKind.Transient), 1, TestContext.Current.CancellationToken));
        await PipelineFixture.Succeed(pipeline);

        var metrics = pipeline.GetMetrics();
        Assert.Equal((3, 4, 1, 2, 1), (metrics.Calls, metrics.Attempts, metrics.Retries, metrics.Successes, metrics.Failures));
        Assert.Equal(
            [("direct", 1, 1, 0, 1, 0, null), ("rpc", 1, 2, 1, 0, 1, "StoreException: refused")],
            metrics.Paths.Select(path => (path.Name, path.Calls, path.Attempts, path.Retries, path.Successes, path.Failures, path.LastError)));

        await _fixture.Registry.ResetAsync(PipelineFixture.Name, TestContext.Current.CancellationToken);
        Assert.Empty(pipeline.GetMetrics().Paths);
    }

    [Fact]
    public async Task Another_pipelines_rejection_inside_the_callback_is_an_error_and_no_rejection_of_ours()
    {
        var inner = _fixture.Create(name: "inner");
        var outer = _fixture.Create(name: "outer");
        await _fixture.Registry.IsolateAsync("inner", TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<IsolatedCircuitException>(async () =>
            await outer.ExecuteAsync(async token => await inner.ExecuteAsync(_ => ValueTask.CompletedTask, token), default));

        Assert.Equal((0, 1), (outer.GetMetrics().Rejections, outer.GetMetrics().Failures));
        Assert.Equal((1, 0), (inner.GetMetrics().Rejections, inner.GetMetrics().Failures));
    }

    [Fact]
    public async Task The_error_keeps_the_stack_of_where_it_was_thrown()
    {
        var error = await PipelineFixture.Fail(_fixture.Create());

        Assert.Contains(nameof(PipelineFixture.Fail), error.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opening_and_retrying_are_logged_with_the_name_and_the_error()
    {
        var pipeline = _fixture.Create(PipelineFixture.Settings() with { MaxAttempts = 2, FailureThreshold = 2, RetryDelay = TimeSpan.Zero });
        await PipelineFixture.Fail(pipeline);

        Assert.Equal(
            [
                "Pipeline store: attempt 1 failed (StoreException: refused); the next one in 00:00:00",
                "Breaker store is open for all instances (StoreException: refused); the next probe in 00:01:00",
            ],
            _fixture.Logs.GetSnapshot().Select(record => record.Message));
    }
}
