using DurableCircuitBreaker.Coordination;
using Polly;

namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>One call: from the moment its caller wants in to the moment the caller has its outcome.</summary>
internal sealed class SimulatedCall(Simulation simulation, SimulatedProcess process, int number, CancellationToken callerToken)
{
    /// <summary>A result that the simulation's predicate throws at.</summary>
    public const int Unjudgeable = 13;

    public int Number { get; } = number;

    public SimulatedProcess Process { get; } = process;

    public TimeSpan StartedAt { get; } = simulation.Scheduler.Now;

    public int PausesAtStart { get; } = process.Pauses;

    /// <summary>What its process knew when it began.</summary>
    public BreakerSnapshot Before { get; } = process.Breaker.Snapshot;

    public TimeSpan? AdmittedAt { get; private set; }

    public BreakerSnapshot? Admitted { get; private set; }

    public CancellationToken Token { get; private set; }

    /// <summary>When the resource was done with it.</summary>
    public TimeSpan? AnsweredAt { get; private set; }

    public CallResult? Result { get; private set; }

    /// <summary>The step after which it is clear whether it passes.</summary>
    public bool IsProbeOfAll => Admitted is { IsPassing: false, LocalCause: null };

    /// <summary>What a continuation on the thread pool would look like.</summary>
    public void HopToAnotherThread()
    {
        var other = new Thread(simulation.CheckThread);
        other.Start();
        other.Join();
    }

    public async ValueTask<Outcome<int>> RunAsync(CancellationToken cancellationToken)
    {
        AdmittedAt = simulation.Scheduler.Now;
        Admitted = Process.Breaker.Snapshot;
        Token = cancellationToken;
        simulation.Invariants.OnAdmitted(this);
        var (takes, heedsToken) = simulation.Resource.Next(simulation.IsCalm || Admitted.IsPassing ? 0 : simulation.Plan.ProbeHangs);
        // Cut short by the probe's own time it is a failure; by its caller it says nothing.
        var isCut = false;
        if (takes > TimeSpan.Zero)
        {
            var answer = new TaskCompletionSource<bool>();
            Process.After(takes, () => answer.TrySetResult(false));
            using var registration = heedsToken ? cancellationToken.UnsafeRegister(static state => ((TaskCompletionSource<bool>)state!).TrySetResult(true), answer) : default;
            isCut = await answer.Task.ConfigureAwait(false);
        }

        AnsweredAt = simulation.Scheduler.Now;
        var isUp = simulation.Resource.IsUpFor(Process.Host);
        var isUnjudgeable = isUp && !isCut && simulation.IsUnjudgeable();
        Result = isUnjudgeable || callerToken.IsCancellationRequested ? CallResult.Unknown : isCut || !isUp ? CallResult.Failure : CallResult.Success;
        simulation.Invariants.OnAnswered(this);
        if (isCut)
            return Outcome.FromException<int>(new OperationCanceledException(cancellationToken));

        return isUp ? Outcome.FromResult(isUnjudgeable ? Unjudgeable : 1) : Outcome.FromException<int>(SimulatedResource.Down);
    }
}
