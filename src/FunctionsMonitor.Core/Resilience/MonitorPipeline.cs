using DurableCircuitBreaker;
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
/// The breaker's state is shared by all instances and outlives them; the counters are this instance's.
/// </remarks>
public sealed class MonitorPipeline
{
    /// <summary>Many times what a write of a few kilobytes takes.</summary>
    public static readonly TimeSpan MaxPersistWait = TimeSpan.FromSeconds(2);

    private readonly ResiliencePipeline _pipeline;
    private readonly DurableCircuitBreakerControl _breaker = new();
    private readonly TimeProvider _timeProvider;
    private volatile PipelineCounters _counters;

    internal MonitorPipeline(
        string name,
        ResiliencePipelineSettings settings,
        Func<Exception, bool> isTransient,
        IBreakerStateStore breakerStates,
        TimeProvider timeProvider,
        ILogger logger)
    {
        Name = name;
        _timeProvider = timeProvider;
        _counters = new PipelineCounters(timeProvider.GetUtcNow());
        _pipeline = PollyPipelineFactory.Build(
            name,
            settings,
            new FailurePredicate(name, isTransient, logger),
            new PipelineEvents(name, logger),
            breakerStates,
            _breaker,
            timeProvider);
    }

    /// <summary>The name it is registered under.</summary>
    public string Name { get; }

    /// <summary>The breaker as this instance knows it, without a look at the store.</summary>
    public BreakerSnapshot Breaker => _breaker.Current;

    /// <summary>
    /// Whether a call made now would be turned away without an attempt. Who asks this instead of calling must have the breaker looked after:
    /// only calls refresh it, and another instance may have closed it.
    /// </summary>
    public async ValueTask<bool> IsRejectingAsync(CancellationToken cancellationToken)
    {
        if (_breaker.Current.IsPassing)
            return false;

        await RefreshBreakerAsync(cancellationToken).ConfigureAwait(false);
        return _breaker.Current.NextTryIn != TimeSpan.Zero;
    }

    /// <summary>
    /// Looks at the breaker's shared state if that was not done within its refresh interval. A store that does not answer shows in <see cref="Breaker"/>, and
    /// is asked less and less often.
    /// </summary>
    public async ValueTask RefreshBreakerAsync(CancellationToken cancellationToken) => await _breaker.RefreshAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Writes down a run of failures that has not opened the breaker yet. For the end of a flush: the process may be gone before the next one, and
    /// without this its successors would each begin to count from none.
    /// </summary>
    /// <remarks>It is waited for no longer than <see cref="MaxPersistWait"/>, and then goes on by itself: a store that hangs must not hold up the next flush.</remarks>
    public async Task PersistBreakerAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _breaker.PersistAsync(cancellationToken).WaitAsync(MaxPersistWait, _timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The breaker goes on without it, as with a store that is down.
        }
    }

    /// <summary>Runs <paramref name="callback"/> until it succeeds, fails for good, or is not allowed to.</summary>
    /// <param name="callback">The operation. It may run several times, so it must be idempotent, and it must heed its token.</param>
    /// <param name="state">Handed to the callback, so that it need not capture.</param>
    /// <param name="cancellationToken">The caller's; once cancelled, there is no further attempt.</param>
    /// <returns>What the callback returned.</returns>
    /// <exception cref="BrokenCircuitException">The breaker is open; <c>RetryAfter</c> says for how long at least.</exception>
    /// <exception cref="IsolatedCircuitException">The breaker was isolated by hand.</exception>
    /// <exception cref="TimeoutRejectedException">The total timeout, or the last attempt's timeout, ran out.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <remarks>Any other exception is the last attempt's own.</remarks>
    public ValueTask<TResult> ExecuteAsync<TState, TResult>(
        Func<TState, CancellationToken, ValueTask<TResult>> callback,
        TState state,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return ExecuteAsync(callback, state, _counters, cancellationToken);
    }

    /// <summary>As the other, for one way of several to the same end: its calls are also counted by themselves (<see cref="PipelineMetrics.Paths"/>).</summary>
    /// <inheritdoc cref="ExecuteAsync{TState,TResult}(Func{TState,CancellationToken,ValueTask{TResult}},TState,CancellationToken)"/>
    public ValueTask<TResult> ExecuteAsync<TState, TResult>(
        string path,
        Func<TState, CancellationToken, ValueTask<TResult>> callback,
        TState state,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return ExecuteAsync(callback, state, _counters.Of(path), cancellationToken);
    }

    /// <summary>As the other, for a callback that needs no state.</summary>
    /// <inheritdoc cref="ExecuteAsync{TState,TResult}(Func{TState,CancellationToken,ValueTask{TResult}},TState,CancellationToken)"/>
    public ValueTask<TResult> ExecuteAsync<TResult>(Func<CancellationToken, ValueTask<TResult>> callback, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return ExecuteAsync(static (run, token) => run(token), callback, cancellationToken);
    }

    /// <summary>As the other, for a callback that needs no state and returns nothing.</summary>
    /// <inheritdoc cref="ExecuteAsync{TState,TResult}(Func{TState,CancellationToken,ValueTask{TResult}},TState,CancellationToken)"/>
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

    /// <summary>As the other, for a callback that returns nothing.</summary>
    /// <inheritdoc cref="ExecuteAsync{TState,TResult}(Func{TState,CancellationToken,ValueTask{TResult}},TState,CancellationToken)"/>
    public async ValueTask ExecuteAsync<TState>(Func<TState, CancellationToken, ValueTask> callback, TState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(callback);
        await ExecuteAsync(
            static async (call, token) =>
            {
                await call.callback(call.state, token).ConfigureAwait(false);
                return true;
            },
            (callback, state),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What this pipeline did and how its breaker stands, at one moment; the counters of running calls may be a step apart.</summary>
    public PipelineMetrics GetMetrics() => _counters.ToMetrics(Name, _breaker.Current);

    /// <summary>Closes the breaker for all instances, isolated or not, forgets its failures, and begins the counters anew. The transitions are kept.</summary>
    internal async Task ResetAsync(CancellationToken cancellationToken)
    {
        await _breaker.ResetAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        _counters = new PipelineCounters(_timeProvider.GetUtcNow());
    }

    /// <summary>Rejects every call of every instance until <see cref="ResetAsync"/>.</summary>
    internal Task IsolateAsync(CancellationToken cancellationToken) => _breaker.IsolateAsync(cancellationToken: cancellationToken);

    private async ValueTask<TResult> ExecuteAsync<TState, TResult>(
        Func<TState, CancellationToken, ValueTask<TResult>> callback, TState state, PipelineCounters counters, CancellationToken cancellationToken)
    {
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

            Count(outcome.Exception, counters, cancellationToken);
            outcome.ThrowIfException();
            return default!;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private void Count(Exception exception, PipelineCounters counters, CancellationToken cancellationToken)
    {
        if (exception is BrokenCircuitException rejection && IsOurs(rejection))
            counters.Rejection();
        else if (cancellationToken.IsCancellationRequested && exception is OperationCanceledException)
            counters.Cancellation();
        else
            counters.Failure();
    }

    // A callback may use a pipeline of its own; that one's rejection is an error of the callback, not our breaker's refusal.
    private bool IsOurs(BrokenCircuitException rejection) =>
        rejection.TelemetrySource is { StrategyName: PollyPipelineFactory.BreakerName } source && source.PipelineName == Name;
}
