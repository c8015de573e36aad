using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace FunctionsMonitor.Resilience;

/// <summary>
/// One named way to call something that may fail: total timeout, retry, circuit breaker, attempt timeout. Made and found
/// through <see cref="PipelineRegistry"/>. Thread-safe.
/// </summary>
/// <remarks>
/// The breaker is Polly's own, of this instance only: it forgets at a restart, and it closes after ONE successful probe.
/// </remarks>
public sealed class MonitorPipeline
{
    private readonly ResiliencePipeline _pipeline;
    private readonly CircuitBreakerManualControl _manualControl = new();
    private readonly CircuitBreakerStateProvider _stateProvider = new();
    private readonly BreakerHistory _history;
    private readonly TimeProvider _timeProvider;
    private volatile PipelineCounters _counters;

    internal MonitorPipeline(
        string name,
        ResiliencePipelineSettings settings,
        Func<Exception, bool> isTransient,
        TimeProvider timeProvider,
        ILogger logger)
    {
        Name = name;
        _timeProvider = timeProvider;
        _history = new BreakerHistory(timeProvider);
        _counters = new PipelineCounters(timeProvider.GetUtcNow());
        _pipeline = PollyPipelineFactory.Build(
            name,
            settings,
            new FailurePredicate(name, isTransient, _stateProvider, logger),
            new PipelineEvents(name, _history, logger),
            _manualControl,
            _stateProvider,
            timeProvider);
    }

    /// <summary>The name it is registered under.</summary>
    public string Name { get; }

    /// <summary>The breaker's state now, on this instance.</summary>
    public BreakerState BreakerState => _stateProvider.CircuitState switch
    {
        CircuitState.Closed => BreakerState.Closed,
        CircuitState.Open => BreakerState.Open,
        CircuitState.HalfOpen => BreakerState.HalfOpen,
        _ => BreakerState.Isolated,
    };

    /// <summary>Runs <paramref name="callback"/> until it succeeds, fails for good, or is not allowed to.</summary>
    /// <param name="callback">The operation. It may run several times, so it must be idempotent, and it must heed its token.</param>
    /// <param name="state">Handed to the callback, so that it need not capture.</param>
    /// <param name="cancellationToken">The caller's; once cancelled, there is no further attempt.</param>
    /// <returns>What the callback returned.</returns>
    /// <exception cref="BrokenCircuitException">The breaker is open; <c>RetryAfter</c> is never negative.</exception>
    /// <exception cref="IsolatedCircuitException">The breaker was isolated by hand.</exception>
    /// <exception cref="TimeoutRejectedException">The total timeout, or the last attempt's timeout, ran out.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <remarks>Any other exception is the last attempt's own.</remarks>
    public async ValueTask<TResult> ExecuteAsync<TState, TResult>(
        Func<TState, CancellationToken, ValueTask<TResult>> callback,
        TState state,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(callback);

        var counters = _counters;
        counters.Call();
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        try
        {
            context.Properties.Set(PipelineCounters.Key, counters);
            var call = new PipelineCall<TState, TResult>(callback, state, counters);
            var outcome = await _pipeline.ExecuteOutcomeAsync(PipelineCall<TState, TResult>.AttemptAsync, context, call).ConfigureAwait(false);
            if (outcome.Exception is null)
            {
                counters.Success();
                return outcome.Result!;
            }

            var exception = CountAndNormalize(outcome.Exception, counters, cancellationToken);
            if (!ReferenceEquals(exception, outcome.Exception))
                throw exception;
            outcome.ThrowIfException();
            return default!;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>As the other, for a callback that needs no state.</summary>
    /// <inheritdoc cref="ExecuteAsync{TState,TResult}"/>
    public ValueTask<TResult> ExecuteAsync<TResult>(Func<CancellationToken, ValueTask<TResult>> callback, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return ExecuteAsync(static (run, token) => run(token), callback, cancellationToken);
    }

    /// <summary>As the other, for a callback that needs no state and returns nothing.</summary>
    /// <inheritdoc cref="ExecuteAsync{TState,TResult}"/>
    public async ValueTask ExecuteAsync(Func<CancellationToken, ValueTask> callback, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(callback);
        await ExecuteAsync(
            static async (run, token) =>
            {
                await run(token).ConfigureAwait(false);
                return true;
            },
            callback,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What this pipeline did and how its breaker stands, at one moment; the counters of running calls may be a step apart.</summary>
    public PipelineMetrics GetMetrics() => _counters.ToMetrics(Name, BreakerState, _history.Read());

    /// <summary>Closes the breaker, isolated or not, forgets its failures, and begins the counters anew. The transitions are kept.</summary>
    internal async Task ResetAsync(CancellationToken cancellationToken)
    {
        await _manualControl.CloseAsync(cancellationToken).ConfigureAwait(false);
        _counters = new PipelineCounters(_timeProvider.GetUtcNow());
    }

    /// <summary>Rejects every call until <see cref="ResetAsync"/>.</summary>
    internal Task IsolateAsync(CancellationToken cancellationToken) => _manualControl.IsolateAsync(cancellationToken);

    private Exception CountAndNormalize(Exception exception, PipelineCounters counters, CancellationToken cancellationToken)
    {
        if (exception is BrokenCircuitException rejection && IsOurs(rejection))
        {
            counters.Rejection();
            return WithoutNegativeRetryAfter(rejection);
        }

        if (cancellationToken.IsCancellationRequested && exception is OperationCanceledException)
            counters.Cancellation();
        else
            counters.Failure();
        return exception;
    }

    // A callback may use a pipeline of its own; that one's rejection is an error of the callback, not our breaker's refusal.
    private bool IsOurs(BrokenCircuitException rejection) =>
        rejection.TelemetrySource is { StrategyName: PollyPipelineFactory.BreakerName } source && source.PipelineName == Name;

    // While a probe takes longer than the break, Polly counts RetryAfter on below zero.
    private static BrokenCircuitException WithoutNegativeRetryAfter(BrokenCircuitException rejection) =>
        rejection.RetryAfter < TimeSpan.Zero
            ? new BrokenCircuitException(rejection.Message, TimeSpan.Zero, rejection.InnerException ?? rejection)
            : rejection;
}
