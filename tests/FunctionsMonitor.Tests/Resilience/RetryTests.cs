using FunctionsMonitor.Resilience;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace FunctionsMonitor.Tests.Resilience;

public sealed class RetryTests
{
    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(100);
    private readonly PipelineFixture _fixture = new();

    [Fact]
    public async Task A_first_attempt_that_succeeds_is_the_only_one()
    {
        var (metrics, result) = await Run(Retrying(), failures: 0);

        Assert.Equal(1, result);
        Assert.Equal((1, 0, 1), (metrics.Attempts, metrics.Retries, metrics.Successes));
        Assert.Empty(_fixture.Delays);
    }

    [Fact]
    public async Task It_succeeds_after_failures()
    {
        var (metrics, result) = await Run(Retrying(), failures: 2);

        Assert.Equal(3, result);
        Assert.Equal((1, 3, 2, 1, 0), (metrics.Calls, metrics.Attempts, metrics.Retries, metrics.Successes, metrics.Failures));
    }

    [Fact]
    public async Task Exhausted_it_surfaces_the_last_error()
    {
        var pipeline = _fixture.Create(Retrying());
        var attempt = 0;

        var error = await Assert.ThrowsAsync<StoreException>(() => _fixture.Drive(
            pipeline.ExecuteAsync<int>(_ => throw new StoreException(ErrorKind.Transient, $"number {++attempt}"), default), _step));

        Assert.Equal("number 3", error.Message);
        var metrics = pipeline.GetMetrics();
        Assert.Equal((1, 3, 2, 0, 1), (metrics.Calls, metrics.Attempts, metrics.Retries, metrics.Successes, metrics.Failures));
        Assert.Equal("StoreException: number 3", metrics.LastError);
    }

    [Fact]
    public async Task Delays_double()
    {
        await Run(Retrying(attempts: 5), failures: 4);

        Assert.Equal([1, 2, 4, 8], _fixture.Delays.Select(delay => delay.TotalSeconds));
    }

    [Fact]
    public async Task No_delay_is_above_the_cap()
    {
        await Run(Retrying(attempts: 6) with { MaxRetryDelay = TimeSpan.FromSeconds(5) }, failures: 5);

        Assert.Equal([1, 2, 4, 5, 5], _fixture.Delays.Select(delay => delay.TotalSeconds));
    }

    [Fact]
    public async Task Jitter_spreads_delays_within_the_bounds_of_the_curve()
    {
        // Polly's decorrelated jitter: the first n delays add up to f(n-1+r)/1.4 of the base delay, with f(t) = 2^t tanh(√(4t))
        // and a random r in [0, 1).
        static double Curve(double t) => 1000 * Math.Pow(2, t) * Math.Tanh(Math.Sqrt(4 * t)) / 1.4;

        const int Retries = 4;
        HashSet<TimeSpan> first = [];
        for (var run = 0; run < 50; run++)
        {
            var fixture = new PipelineFixture();
            await Run(Retrying(Retries + 1) with { UseJitter = true }, Retries, fixture);

            Assert.Equal(Retries, fixture.Delays.Count);
            first.Add(fixture.Delays[0]);
            var sum = 0.0;
            for (var n = 1; n <= Retries; n++)
            {
                sum += fixture.Delays[n - 1].TotalMilliseconds;
                // A timer is set in whole milliseconds: each delay may have lost one.
                Assert.InRange(sum, Curve(n - 1) - n, Curve(n));
            }
        }

        Assert.True(first.Count > 10, "The first delay hardly varies.");
    }

    [Fact]
    public async Task Jitter_does_not_pass_the_cap()
    {
        for (var run = 0; run < 20; run++)
        {
            var fixture = new PipelineFixture();
            await Run(Retrying(6) with { UseJitter = true, MaxRetryDelay = TimeSpan.FromSeconds(2) }, 5, fixture);
            Assert.All(fixture.Delays, delay => Assert.InRange(delay, TimeSpan.Zero, TimeSpan.FromSeconds(2)));
        }
    }

    [Theory]
    [InlineData(ErrorKind.Path)]
    [InlineData(ErrorKind.Data)]
    public async Task An_answered_error_is_not_retried(ErrorKind kind)
    {
        var pipeline = _fixture.Create(Retrying());
        await PipelineFixture.FailTimes(pipeline, 1, kind);

        var metrics = pipeline.GetMetrics();
        Assert.Equal((1, 0, 1), (metrics.Attempts, metrics.Retries, metrics.Failures));
    }

    [Fact]
    public async Task A_rejection_is_not_retried()
    {
        var pipeline = _fixture.Create(Retrying());
        await _fixture.Registry.IsolateAsync(PipelineFixture.Name, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<IsolatedCircuitException>(() => _fixture.Drive(PipelineFixture.Succeed(pipeline), _step));

        var metrics = pipeline.GetMetrics();
        Assert.Equal((1, 0, 0, 1, 0), (metrics.Calls, metrics.Attempts, metrics.Retries, metrics.Rejections, metrics.Failures));
    }

    [Fact]
    public async Task A_callers_cancellation_during_an_attempt_stops_at_once_and_counts_as_nothing()
    {
        var pipeline = _fixture.Create(Retrying());

        await CancelDuringAnAttempt(pipeline, token => new OperationCanceledException(token));

        var metrics = pipeline.GetMetrics();
        Assert.Equal((1, 1, 0), (metrics.Calls, metrics.Attempts, metrics.Retries));
        Assert.Equal((0, 0, 1, 0), (metrics.Successes, metrics.Failures, metrics.Cancelled, metrics.Timeouts));
        Assert.Null(metrics.LastError);
    }

    [Fact]
    public async Task A_cancelled_attempt_is_neither_a_failure_nor_a_success_to_the_breaker()
    {
        // A driver may dress the cancellation up as a lost connection, so both forms are tried.
        var pipeline = _fixture.Create(PipelineFixture.Settings());
        await PipelineFixture.FailTimes(pipeline, 4);
        await CancelDuringAnAttempt(pipeline, token => new OperationCanceledException(token));
        await CancelDuringAnAttempt(pipeline, _ => new StoreException(ErrorKind.Transient));
        Assert.Equal(CircuitState.Closed, pipeline.Breaker.State);

        await PipelineFixture.FailTimes(pipeline, 1);
        Assert.Equal(CircuitState.Open, pipeline.Breaker.State);
    }

    [Fact]
    public async Task A_callers_cancellation_during_a_delay_stops_at_once()
    {
        var pipeline = _fixture.Create(Retrying());
        using var caller = new CancellationTokenSource();
        var call = pipeline.ExecuteAsync<int>(_ => throw new StoreException(ErrorKind.Transient), caller.Token).AsTask();
        await PipelineFixture.Until(() => _fixture.Clock.PendingDelays == 1);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        var metrics = pipeline.GetMetrics();
        Assert.Equal((1, 0, 1), (metrics.Attempts, metrics.Failures, metrics.Cancelled));
    }

    [Fact]
    public async Task The_total_timeout_ends_a_hanging_call_and_the_breaker_does_not_count_it()
    {
        var pipeline = _fixture.Create(PipelineFixture.Settings() with { TotalTimeout = TimeSpan.FromSeconds(10) });
        await PipelineFixture.FailTimes(pipeline, 4);

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => _fixture.Drive(Hang(pipeline), _step));

        var metrics = pipeline.GetMetrics();
        Assert.Equal((5, 5, 5, 1), (metrics.Calls, metrics.Attempts, metrics.Failures, metrics.Timeouts));
        Assert.Equal(CircuitState.Closed, pipeline.Breaker.State);
    }

    [Fact]
    public async Task The_total_timeout_ends_retries()
    {
        var pipeline = _fixture.Create(Retrying(attempts: 10) with { TotalTimeout = TimeSpan.FromSeconds(5) });

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => _fixture.Drive(
            pipeline.ExecuteAsync<int>(_ => throw new StoreException(ErrorKind.Transient), default), _step));

        // At 0, 1 and 3 seconds; the next would have been at 7.
        var metrics = pipeline.GetMetrics();
        Assert.Equal((3, 1, 1), (metrics.Attempts, metrics.Failures, metrics.Timeouts));
        Assert.Equal("StoreException: refused", metrics.LastError);
    }

    [Fact]
    public async Task An_attempt_timeout_is_retried_and_read_before_every_attempt()
    {
        var timeout = TimeSpan.FromSeconds(3);
        var pipeline = _fixture.Create(Retrying(attempts: 2) with { AttemptTimeout = () => timeout, RetryDelay = TimeSpan.Zero });
        List<TimeSpan> lengths = [];

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => _fixture.Drive(
            pipeline.ExecuteAsync<int>(
                async token =>
                {
                    var start = _fixture.Clock.GetTimestamp();
                    timeout = TimeSpan.FromSeconds(7);
                    try
                    {
                        return await _fixture.Hang(token);
                    }
                    finally
                    {
                        lengths.Add(_fixture.Clock.GetElapsedTime(start));
                    }
                },
                default),
            _step));

        Assert.Equal([3, 7], lengths.Select(length => length.TotalSeconds));
        var metrics = pipeline.GetMetrics();
        Assert.Equal((2, 1, 2, 1), (metrics.Attempts, metrics.Retries, metrics.Timeouts, metrics.Failures));
    }

    [Fact]
    public async Task Attempt_timeouts_open_the_breaker()
    {
        var pipeline = _fixture.Create(PipelineFixture.Settings() with { FailureThreshold = 2, AttemptTimeout = () => TimeSpan.FromSeconds(1) });

        for (var i = 0; i < 2; i++)
            await Assert.ThrowsAsync<TimeoutRejectedException>(() => _fixture.Drive(Hang(pipeline), _step));

        Assert.Equal(CircuitState.Open, pipeline.Breaker.State);
    }

    [Fact]
    public async Task An_attempt_timeout_of_zero_is_the_default_one()
    {
        var pipeline = _fixture.Create(PipelineFixture.Settings() with { AttemptTimeout = () => TimeSpan.Zero });

        var error = await Assert.ThrowsAsync<TimeoutRejectedException>(() => _fixture.Drive(Hang(pipeline), _step));

        Assert.Equal(ResiliencePipelineSettings.DefaultAttemptTimeout, error.Timeout);
    }

    private static ResiliencePipelineSettings Retrying(int attempts = 3) =>
        PipelineFixture.Settings() with { MaxAttempts = attempts, FailureThreshold = 100 };

    private ValueTask<int> Hang(MonitorPipeline pipeline) => pipeline.ExecuteAsync(_fixture.Hang, default);

    private static async Task CancelDuringAnAttempt(MonitorPipeline pipeline, Func<CancellationToken, Exception> error)
    {
        using var caller = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pipeline.ExecuteAsync<int>(
            async token =>
            {
                await caller.CancelAsync();
                throw error(token);
            },
            caller.Token));
    }

    /// <summary>Calls what fails so many times and then answers with the attempt's number.</summary>
    private async Task<(PipelineMetrics Metrics, int Result)> Run(ResiliencePipelineSettings settings, int failures, PipelineFixture? fixture = null)
    {
        fixture ??= _fixture;
        var pipeline = fixture.Create(settings);
        var attempts = 0;
        var result = await fixture.Drive(
            pipeline.ExecuteAsync(
                _ => ++attempts > failures ? ValueTask.FromResult(attempts) : throw new StoreException(ErrorKind.Transient),
                default),
            _step);
        return (pipeline.GetMetrics(), result);
    }
}
