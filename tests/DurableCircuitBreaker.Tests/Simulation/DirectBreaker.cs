using DurableCircuitBreaker.Coordination;
using DurableCircuitBreaker.Counting;
using DurableCircuitBreaker.Protocol;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>The breaker alone; the step around it is the simulation's own, so that it can do what the strategy must not.</summary>
internal sealed class DirectBreaker : SimulatedBreaker
{
    private readonly SharedBreaker breaker;
    private readonly SimulatedProcess process;
    private readonly Mutation mutation;

    public DirectBreaker(Parts parts, BreakerSettings settings, Mutation mutation)
    {
        var (plan, owner, store, random, times) = parts;
        process = owner;
        this.mutation = mutation;
        IFailureCounter counter = plan.FailureRatio is { } ratio
            ? new FailureRatioCounter(ratio, Simulation.MinimumThroughput, settings.SamplingDuration, process.Clock)
            : new ConsecutiveFailureCounter(plan.FailureThreshold, settings.SamplingDuration, process.Clock);
        breaker = new SharedBreaker(
            Simulation.BreakerName, store, new BreakerMember(process.Host, process.Instance), settings, times, counter, process.Clock, random,
            new DeafListener(), goesOnInline: true);
    }

    public override BreakerSnapshot Snapshot => BreakerSnapshot.Of(breaker);

    public override async ValueTask<Outcome<int>> CallAsync(SimulatedCall call, CancellationToken cancellationToken)
    {
        if (mutation == Mutation.EveryCallReads)
            await breaker.ReadAsync().ConfigureAwait(false);
        if (mutation == Mutation.HopsToAnotherThread)
            call.HopToAnotherThread();
        if (breaker.TryPass(out var epoch, out var now))
            return await PassAsync(call, epoch, cancellationToken).ConfigureAwait(false);

        Admission admission;
        try
        {
            if (!breaker.TryReject(now, out admission))
                admission = await breaker.EnterAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception)
        {
            return Outcome.FromException<int>(exception);
        }

        if (mutation == Mutation.StoreFailureThrown && breaker.View.StoreFault is { } fault)
            return Outcome.FromException<int>(fault);
        if (mutation == Mutation.LeaseThrownAway && admission.Kind == AdmissionKind.SharedProbe)
            return Outcome.FromException<int>(new BrokenCircuitException("open", TimeSpan.Zero));

        return admission.Kind switch
        {
            AdmissionKind.Pass => await PassAsync(call, admission.Epoch, cancellationToken).ConfigureAwait(false),
            AdmissionKind.SharedProbe or AdmissionKind.LocalProbe => await ProbeAsync(call, admission, cancellationToken).ConfigureAwait(false),
            AdmissionKind.Isolated => Outcome.FromException<int>(new IsolatedCircuitException()),
            _ => Outcome.FromException<int>(new BrokenCircuitException("open", mutation == Mutation.RetryAfterAnHour ? TimeSpan.FromHours(1) : admission.Time)),
        };
    }

    public override Task SteerAsync(bool isolate) => breaker.SteerAsync(isolate, BreakerProtocol.ManualCause).AsTask();

    public override Task PersistAsync() => breaker.PersistAsync(CancellationToken.None).AsTask();

    private async ValueTask<Outcome<int>> PassAsync(SimulatedCall call, long epoch, CancellationToken cancellationToken)
    {
        var outcome = await call.RunAsync(cancellationToken).ConfigureAwait(false);
        var late = breaker.LateResults;
        var failures = process.Facts.Failures;
        var result = mutation == Mutation.OldFailuresCount && failures.Count > 0 && !failures.ContainsKey(epoch)
            ? CallResult.Failure
            : ResultOf(outcome, cancellationToken);
        breaker.Complete(EpochOf(epoch), result, outcome.Exception);
        process.Facts.LateElsewhere += breaker.LateResults - late;
        return outcome;
    }

    private async ValueTask<Outcome<int>> ProbeAsync(SimulatedCall call, Admission admission, CancellationToken cancellationToken)
    {
        using var lifetime = new CancellationTokenSource(admission.Time, process.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lifetime.Token, cancellationToken);
        var outcome = await call.RunAsync(either.Token).ConfigureAwait(false);
        if (outcome.Exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            outcome = Outcome.FromException<int>(new TimeoutRejectedException(admission.Time));

        var result = ResultOf(outcome, cancellationToken);
        if (admission.Kind == AdmissionKind.SharedProbe)
        {
            process.Facts.ProbeResults++;
            await breaker.CompleteSharedProbeAsync(Admission.SharedProbe(EpochOf(admission.Epoch), admission.Time) with { Patience = admission.Patience }, result, outcome.Exception).ConfigureAwait(false);
        }
        else
        {
            var late = breaker.LateResults;
            breaker.CompleteLocalProbe(admission.Epoch, result, outcome.Exception);
            process.Facts.LateElsewhere += breaker.LateResults - late;
        }

        return outcome;
    }

    private long EpochOf(long epoch) => mutation == Mutation.LateResultActedOn ? breaker.View.Record.Epoch : epoch;

    private static CallResult ResultOf(Outcome<int> outcome, CancellationToken cancellationToken) =>
        outcome.Exception is null ? CallResult.Success : cancellationToken.IsCancellationRequested ? CallResult.Unknown : CallResult.Failure;

    private sealed class DeafListener : IBreakerListener
    {
        public void Opened(OnDurableCircuitOpenedArguments args)
        {
        }

        public void Closed(OnDurableCircuitClosedArguments args)
        {
        }

        public void HalfOpened(OnDurableCircuitHalfOpenedArguments args)
        {
        }

        public void StoreUnavailable(OnBreakerStoreUnavailableArguments args)
        {
        }

        public void Deliver()
        {
        }
    }
}
