using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace FunctionsMonitor.Resilience;

/// <summary>
/// A named pipeline: total timeout → retry → breaker → attempt timeout. Only transient errors and attempt timeouts are retried and count for
/// the breaker; an error that the server answered with is a success to it, a cancellation is neither, and a rejection is never retried.
/// </summary>
/// <remarks>Polly's own breaker for now: its state is this process's, and it closes after one success in half-open.</remarks>
public sealed class MonitorPipeline
{
    private readonly ResiliencePipeline pipeline;
    private readonly CircuitBreakerManualControl control = new();
    private readonly CircuitBreakerStateProvider state = new();
    private readonly PipelineCounters counters;
    private readonly TimeProvider time;

    internal MonitorPipeline(
        string name, ResilienceOptions options, Func<Exception, bool> isTransient, Func<TimeSpan> attemptTimeout, TimeProvider time,
        Func<double>? randomizer = null)
    {
        Name = name;
        this.time = time;
        counters = new PipelineCounters(time);
        ValueTask<bool> ShouldHandle(Outcome<object> outcome, CancellationToken token) => ValueTask.FromResult(
            outcome.Exception switch
            {
                null or BrokenCircuitException => false,
                OperationCanceledException => false,
                TimeoutRejectedException => !token.IsCancellationRequested,
                { } exception => isTransient(exception),
            });

        var builder = new ResiliencePipelineBuilder { Name = name, TimeProvider = time }
            .AddTimeout(new TimeoutStrategyOptions { Name = "total", Timeout = options.TotalTimeout });
        if (options.MaxAttempts > 1)
        {
            var retry = new RetryStrategyOptions
            {
                Name = "retry",
                ShouldHandle = arguments => ShouldHandle(arguments.Outcome, arguments.Context.CancellationToken),
                MaxRetryAttempts = options.MaxAttempts - 1,
                Delay = options.RetryDelay,
                MaxDelay = options.MaxRetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = options.UseJitter,
                OnRetry = _ =>
                {
                    counters.Retried();
                    return default;
                },
            };
            if (randomizer is not null)
                retry.Randomizer = randomizer;
            builder.AddRetry(retry);
        }

        pipeline = builder
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                Name = "breaker",
                ShouldHandle = arguments => ShouldHandle(arguments.Outcome, arguments.Context.CancellationToken),
                FailureRatio = 1,
                MinimumThroughput = options.FailureThreshold,
                SamplingDuration = options.SamplingDuration,
                BreakDuration = options.BreakDuration,
                ManualControl = control,
                StateProvider = state,
                OnOpened = arguments =>
                {
                    counters.Opened(
                        arguments.IsManual ? BreakerState.Isolated : BreakerState.Open,
                        arguments.IsManual ? null : time.GetUtcNow() + arguments.BreakDuration,
                        arguments.IsManual ? "isolated by hand" : PipelineCounters.Describe(arguments.Outcome.Exception));
                    return default;
                },
                OnHalfOpened = _ =>
                {
                    counters.HalfOpened();
                    return default;
                },
                OnClosed = arguments =>
                {
                    counters.Closed(arguments.IsManual ? "reset by hand" : "the probe succeeded");
                    return default;
                },
            })
            .AddTimeout(new TimeoutStrategyOptions
            {
                Name = "attempt",
                TimeoutGenerator = _ => ValueTask.FromResult(attemptTimeout()),
                OnTimeout = _ =>
                {
                    counters.TimedOut();
                    return default;
                },
            })
            .Build();
    }

    public string Name { get; }

    public BreakerState State => state.CircuitState switch
    {
        CircuitState.Open => BreakerState.Open,
        CircuitState.HalfOpen => BreakerState.HalfOpen,
        CircuitState.Isolated => BreakerState.Isolated,
        _ => BreakerState.Closed,
    };

    /// <summary>A call made now would be turned away without an attempt.</summary>
    public bool IsRejecting => State == BreakerState.Isolated || (State == BreakerState.Open && counters.NextProbeAt > time.GetUtcNow());

    public PipelineMetrics Metrics => counters.ToMetrics(Name, State);

    /// <summary>Runs the callback under the pipeline.</summary>
    /// <exception cref="BrokenCircuitException">The breaker is open, or isolated (<see cref="IsolatedCircuitException"/>).</exception>
    /// <exception cref="TimeoutRejectedException">An attempt, after the last retry, or all together took too long.</exception>
    public async ValueTask<TResult> ExecuteAsync<TState, TResult>(
        Func<TState, CancellationToken, ValueTask<TResult>> callback, TState callbackState, CancellationToken cancellationToken)
    {
        counters.Called();
        try
        {
            var result = await pipeline.ExecuteAsync(
                static async (call, token) =>
                {
                    call.counters.Attempted();
                    try
                    {
                        return await call.callback(call.callbackState, token).ConfigureAwait(false);
                    }
                    catch (Exception exception)
                    {
                        call.counters.AttemptFailed(exception);
                        throw;
                    }
                },
                (callback, callbackState, counters), cancellationToken).ConfigureAwait(false);
            counters.Succeeded();
            return result;
        }
        catch (Exception exception)
        {
            counters.Failed(rejected: exception is BrokenCircuitException);
            throw;
        }
    }

    /// <inheritdoc cref="ExecuteAsync{TState,TResult}"/>
    public async ValueTask ExecuteAsync<TState>(
        Func<TState, CancellationToken, ValueTask> callback, TState callbackState, CancellationToken cancellationToken) =>
        await ExecuteAsync(
            static async (call, token) =>
            {
                await call.callback(call.callbackState, token).ConfigureAwait(false);
                return true;
            },
            (callback, callbackState), cancellationToken).ConfigureAwait(false);

    /// <summary>Opens the breaker until it is reset.</summary>
    public Task IsolateAsync(CancellationToken cancellationToken) => control.IsolateAsync(cancellationToken);

    /// <summary>Closes the breaker and forgets its failures; the counters stay.</summary>
    public Task ResetAsync(CancellationToken cancellationToken) => control.CloseAsync(cancellationToken);
}
