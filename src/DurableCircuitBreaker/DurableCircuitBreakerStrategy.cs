using System.Runtime.CompilerServices;
using DurableCircuitBreaker.Coordination;
using Polly;
using Polly.CircuitBreaker;
using Polly.Telemetry;
using Polly.Timeout;

namespace DurableCircuitBreaker;

/// <summary>
/// The step between Polly and a <see cref="SharedBreaker"/>. While the circuit is closed and the callback completes at once, nothing is
/// allocated and nothing is awaited.
/// </summary>
internal sealed class DurableCircuitBreakerStrategy<T> : ResilienceStrategy<T>
{
    private static readonly ResiliencePropertyKey<TimeSpan> ProbeLifetime = new("DurableCircuitBreaker.ProbeLifetime");
    private static readonly ResiliencePropertyKey<bool> ProbeOutlived = new("DurableCircuitBreaker.ProbeOutlived");
    private readonly SharedBreaker breaker;
    private readonly Func<CircuitBreakerPredicateArguments<T>, ValueTask<bool>> shouldHandle;
    private readonly ResilienceStrategyTelemetry telemetry;
    private readonly ResiliencePipeline probeTimeout;
    private readonly bool dryRun;

    public DurableCircuitBreakerStrategy(
        SharedBreaker breaker, Func<CircuitBreakerPredicateArguments<T>, ValueTask<bool>> shouldHandle, ResilienceStrategyTelemetry telemetry,
        TimeProvider time, bool dryRun)
    {
        this.breaker = breaker;
        this.shouldHandle = shouldHandle;
        this.telemetry = telemetry;
        this.dryRun = dryRun;
        // A strategy cannot give a callback another token; Polly's own timeout can.
        probeTimeout = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(new TimeoutStrategyOptions
            {
                TimeoutGenerator = static args => ValueTask.FromResult(args.Context.Properties.GetValue(ProbeLifetime, TimeSpan.Zero)),
                OnTimeout = static args =>
                {
                    args.Context.Properties.Set(ProbeOutlived, true);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    protected override ValueTask<Outcome<T>> ExecuteCore<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<T>>> callback, ResilienceContext context, TState state)
    {
        if (breaker.TryPass(out var epoch, out var now))
            return Pass(callback, context, state, epoch);
        if (!dryRun && breaker.TryReject(now, out var rejection))
            return new(Reject(rejection));

        return EnterAsync(callback, context, state);
    }

    private ValueTask<Outcome<T>> Pass<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<T>>> callback, ResilienceContext context, TState state, long epoch)
    {
        var call = Call(callback, context, state);
        if (!call.IsCompletedSuccessfully)
            return FinishAsync(call, context, epoch);

        var outcome = call.Result;
        ValueTask<bool> judged;
        try
        {
            judged = shouldHandle(new(context, outcome));
        }
        catch (Exception exception)
        {
            // As from Polly's own breaker: who awaits the call sees it, not who only started it.
            return ValueTask.FromException<Outcome<T>>(exception);
        }

        if (!judged.IsCompletedSuccessfully)
            return FinishAsync(judged, outcome, context, epoch);

        Count(outcome, judged.Result, context, epoch);
        return new(outcome);
    }

    // Pooled: nearly every real call waits, and this is the only thing the closed circuit would allocate for it.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Outcome<T>> FinishAsync(ValueTask<Outcome<T>> call, ResilienceContext context, long epoch)
    {
        Outcome<T> outcome;
        try
        {
            outcome = await call.ConfigureAwait(context.ContinueOnCapturedContext);
        }
        catch (Exception exception)
        {
            // A strategy inside may throw; to Polly that is an outcome.
            outcome = Outcome.FromException<T>(exception);
        }

        var handled = await shouldHandle(new(context, outcome)).ConfigureAwait(context.ContinueOnCapturedContext);
        Count(outcome, handled, context, epoch);
        return outcome;
    }

    private async ValueTask<Outcome<T>> FinishAsync(ValueTask<bool> judged, Outcome<T> outcome, ResilienceContext context, long epoch)
    {
        Count(outcome, await judged.ConfigureAwait(context.ContinueOnCapturedContext), context, epoch);
        return outcome;
    }

    private async ValueTask<Outcome<T>> EnterAsync<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<T>>> callback, ResilienceContext context, TState state)
    {
        Admission admission;
        try
        {
            admission = await breaker.EnterAsync(context.CancellationToken).ConfigureAwait(context.ContinueOnCapturedContext);
        }
        catch (OperationCanceledException exception)
        {
            return Outcome.FromException<T>(exception);
        }

        switch (admission.Kind)
        {
            case AdmissionKind.Pass:
                return await Pass(callback, context, state, admission.Epoch).ConfigureAwait(context.ContinueOnCapturedContext);
            case AdmissionKind.SharedProbe or AdmissionKind.LocalProbe:
                return await ProbeAsync(callback, context, state, admission).ConfigureAwait(context.ContinueOnCapturedContext);
            default:
                return dryRun
                    ? await PassUncountedAsync(callback, context, state).ConfigureAwait(context.ContinueOnCapturedContext)
                    : Reject(admission);
        }
    }

    private Outcome<T> Reject(Admission admission)
    {
        var exception = admission.Kind == AdmissionKind.Isolated
            ? new IsolatedCircuitException(admission.Rejection)
            : new BrokenCircuitException(admission.Rejection, admission.Time);
        telemetry.SetTelemetrySource(exception);
        return Outcome.FromException<T>(exception);
    }

    private ValueTask<Outcome<T>> PassUncountedAsync<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<T>>> callback, ResilienceContext context, TState state)
    {
        telemetry.Report(new(ResilienceEventSeverity.Warning, BreakerTelemetry.WouldReject), context, new DryRunArguments(breaker.Name));
        return Call(callback, context, state);
    }

    private async ValueTask<Outcome<T>> ProbeAsync<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<T>>> callback, ResilienceContext context, TState state, Admission admission)
    {
        var result = CallResult.Unknown;
        var outcome = default(Outcome<T>);
        try
        {
            outcome = await CallProbeAsync(callback, context, state, admission.Time).ConfigureAwait(context.ContinueOnCapturedContext);
            var handled = await shouldHandle(new(context, outcome)).ConfigureAwait(context.ContinueOnCapturedContext);
            // A probe that its lease cut off has not found the resource well, whatever a predicate makes of a timeout that is not its own.
            result = context.Properties.GetValue(ProbeOutlived, false) ? CallResult.Failure : ResultOf(outcome, handled, context);
            return outcome;
        }
        finally
        {
            // Also when the predicate threw: a probe that nobody can judge must not keep the circuit half-open.
            if (admission.Kind == AdmissionKind.SharedProbe)
                await breaker.CompleteSharedProbeAsync(admission, result, outcome.Exception).ConfigureAwait(context.ContinueOnCapturedContext);
            else
                breaker.CompleteLocalProbe(admission.Epoch, result, outcome.Exception);
        }
    }

    private ValueTask<Outcome<T>> CallProbeAsync<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<T>>> callback, ResilienceContext context, TState state, TimeSpan lifetime)
    {
        // A dry run must not cut a call short that would have been left alone without it; should the lease end first, its result is late.
        if (dryRun)
            return Call(callback, context, state);

        context.Properties.Set(ProbeLifetime, lifetime);
        context.Properties.Set(ProbeOutlived, false);
        return probeTimeout.ExecuteOutcomeAsync(callback, context, state);
    }

    private void Count(Outcome<T> outcome, bool handled, ResilienceContext context, long epoch) =>
        breaker.Complete(epoch, ResultOf(outcome, handled, context), outcome.Exception);

    /// <summary>What the caller, or a timeout around this strategy, cancelled says nothing of the resource.</summary>
    private static CallResult ResultOf(Outcome<T> outcome, bool handled, ResilienceContext context)
    {
        // A client library may wrap the cancellation in an exception of its own.
        if (outcome.Exception is not null && context.CancellationToken.IsCancellationRequested)
            return CallResult.Unknown;

        return handled ? CallResult.Failure : CallResult.Success;
    }

    private static ValueTask<Outcome<T>> Call<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<T>>> callback, ResilienceContext context, TState state)
    {
        if (context.CancellationToken.IsCancellationRequested)
            return new(Outcome.FromException<T>(new OperationCanceledException(context.CancellationToken)));

        try
        {
            return callback(context, state);
        }
        catch (Exception exception)
        {
            // What a callback throws before it first waits is its outcome too.
            return new(Outcome.FromException<T>(exception));
        }
    }
}
