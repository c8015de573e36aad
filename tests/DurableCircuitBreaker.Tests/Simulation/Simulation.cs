using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using DurableCircuitBreaker.Protocol;
using Polly;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>
/// One run: a while in which everything goes wrong that can, then calm, in which all must come back within a bound. All of it follows from
/// the seed, on one thread: a failing seed replays exactly.
/// </summary>
internal sealed class Simulation
{
    public const string BreakerName = "simulated";
    public const int MinimumThroughput = 5;
    private static readonly TimeSpan CalmGap = TimeSpan.FromSeconds(0.5);

    private readonly Mutation mutation;
    private readonly List<string> trace = [];
    private readonly SimulatedProcess[] processes;
    private BreakerRecord? beforeNewer;
    private int lives;
    private int calls;
    private int steering;

    private Simulation(ulong seed, Mutation mutation, Invariant? only, bool traced)
    {
        this.mutation = mutation;
        IsTraced = traced;
        Random = new SimulationRandom(seed);
        Scheduler = new SimulationScheduler(new SimulationRandom(seed + 1));
        Plan = SimulationPlan.From(Random);
        if (mutation != Mutation.None)
            Plan = Plan with { ThroughPipeline = false };
        Store = new SimulatedStore(this);
        Resource = new SimulatedResource(Random);
        Invariants = new Invariants(this, only);
        Trace($"{Plan}");
        processes = [.. Enumerable.Range(0, Plan.Hosts.Count).Select(Start)];
    }

    public SimulationRandom Random { get; }

    public SimulationScheduler Scheduler { get; }

    public SimulationPlan Plan { get; }

    public SimulatedStore Store { get; }

    public SimulatedResource Resource { get; }

    public Invariants Invariants { get; }

    public SimulationStatistics Statistics { get; } = new();

    public bool IsTraced { get; }

    public bool IsCalm { get; private set; }

    /// <summary>Whether an operator is at work.</summary>
    public bool IsSteering => steering > 0;

    /// <summary>
    /// What may pass between all being well and the circuit closed for all: calls of the store that still hang, and the longest pause before it
    /// is asked again; a probe that still hangs, fails at the end of its lease and begins the longest break; a lease that nobody uses, by the
    /// host that has to wait for one more; a break of an instance's own, and its hung probe; where a host stays sick, one probe that it wins
    /// before it is known as the one that fails, and the longest break after it; then as many probes as it takes.
    /// </summary>
    private TimeSpan RecoveryBound =>
        4 * Plan.Times.StoreTimeout + Plan.Times.MaxStoreBackoff
        + Plan.Settings.ProbeLease + Plan.Settings.MaxBreakDuration
        + 2 * Plan.Settings.ProbeLease
        + Plan.Settings.BreakDuration + Plan.Settings.ProbeLease
        + (Plan.SickForEver is null ? TimeSpan.Zero : Plan.Settings.MaxBreakDuration + Plan.Settings.ProbeLease)
        + (Plan.Settings.SuccessThreshold + 2) * (CalmGap + TimeSpan.FromSeconds(1)) + 2 * Plan.Times.RefreshInterval;

    /// <param name="seed">What everything follows from.</param>
    /// <param name="mutation">A defect to plant.</param>
    /// <param name="only">The one invariant to watch; null for all.</param>
    /// <param name="traced">Whether to write down what happens.</param>
    public static SimulationResult Run(ulong seed, Mutation mutation = Mutation.None, Invariant? only = null, bool traced = false)
    {
        // Whoever ran this thread before may have left a context that continuations would be posted to.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var simulation = new Simulation(seed, mutation, only, traced);
            simulation.Run();
            simulation.Statistics.Duration = simulation.Scheduler.Now;
            return new(seed, simulation.Invariants.Violation, simulation.trace, simulation.Statistics);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    public void Trace([InterpolatedStringHandlerArgument("")] TraceHandler line)
    {
        if (IsTraced)
            trace.Add(string.Create(CultureInfo.InvariantCulture, $"{Scheduler.Now.TotalSeconds,10:0.000} {line.ToString()}"));
    }

    /// <summary>The store's time as seconds of the simulation.</summary>
    public string Show(DateTimeOffset storeTime) =>
        (storeTime - SimulatedClock.Begin - Plan.StoreSkew).TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    public void CheckThread()
    {
        if (!Scheduler.IsOnItsThread)
            Invariants.Fail(Invariant.Deterministic, "Something hopped to another thread.");
    }

    public bool IsUnjudgeable() => Plan.ThroughPipeline && !IsCalm && Random.Chance(0.01);

    private void Run()
    {
        MakeTrouble();
        RunUntil(Plan.Chaos, static () => false);
        if (Invariants.Violation is not null)
            return;

        Calm();
        var end = Scheduler.Now + RecoveryBound;
        if (!RunUntil(end, IsRecovered) && Invariants.Violation is null)
            Invariants.Fail(Invariant.Recovery, $"Not closed for all {RecoveryBound} after all was well: {Describe()}");
    }

    private bool RunUntil(TimeSpan end, Func<bool> isOver)
    {
        var nextLook = Scheduler.Now + TimeSpan.FromSeconds(1);
        while (Invariants.Violation is null && Scheduler.RunNext(end))
        {
            if (Scheduler.Now < nextLook)
                continue;
            if (isOver())
                return true;
            nextLook = Scheduler.Now + TimeSpan.FromSeconds(1);
        }

        return false;
    }

    private bool IsRecovered() =>
        (Store.Content is null || TryDecode(Store.Content) is { State: CircuitState.Closed })
        && processes.All(process => process.Host == Plan.SickForEver || process.Breaker.Snapshot is { Store: StoreKnowledge.Known, IsPassing: true, State: CircuitState.Closed });

    private string Describe() => string.Join("; ", processes.Select(process => process.Breaker.Snapshot is var snapshot
        ? $"{process.Instance} {snapshot.Store} {snapshot.State} epoch {snapshot.Epoch} age {snapshot.Age} passing {snapshot.IsPassing} alone {snapshot.LocalCause}"
        : ""));

    private SimulatedProcess Start(int index)
    {
        var host = Plan.Hosts[index];
        var process = new SimulatedProcess(Scheduler, Random, host, $"{host}.{index}.{++lives}");
        process.Clock = new SimulatedClock(
            Scheduler, process, Random.Seconds(-100_000, 100_000), Random.Between(0, 1_000_000) * TimeSpan.TicksPerSecond, Random.Pick(1, 100));
        // One that believes in a lease of a day is built with settings of its own; the invariants know the plan's.
        var settings = mutation switch
        {
            Mutation.LeaseNeverEnds => Plan.Settings with { ProbeLease = TimeSpan.FromDays(1) },
            Mutation.QuorumIgnored => Plan.Settings with { Quorum = 1 },
            _ => Plan.Settings,
        };
        var times = mutation switch
        {
            Mutation.WaitsTooLong => Plan.Times with { ColdReadTimeout = Plan.Times.ColdReadTimeout * 10 },
            Mutation.GivesUpAtOnce => Plan.Times with { ColdReadTimeout = TimeSpan.FromMicroseconds(100) },
            Mutation.RefreshedTooSeldom => Plan.Times with { RefreshInterval = Plan.Times.RefreshInterval * 10 },
            _ => Plan.Times,
        };
        var parts = new SimulatedBreaker.Parts(Plan, process, new StoreConnection(this, mutation) { Process = process }, Random.Fraction, times);
        process.Breaker = Plan.ThroughPipeline ? new PipelineBreaker(parts) : new DirectBreaker(parts, settings, mutation);
        Trace($"{process.Instance} starts");
        KeepCalling(process, index, Scheduler.Now);
        return process;
    }

    private void KeepCalling(SimulatedProcess process, int index, TimeSpan since)
    {
        var gap = IsCalm ? CalmGap : Plan.Gaps[index];
        process.After(-Math.Log(1 - Random.Fraction()) * gap > 3 * gap ? 3 * gap : -Math.Log(1 - Random.Fraction()) * gap, () =>
        {
            // The calm brought a beat of its own.
            if (IsCalm && since < Plan.Chaos)
                return;

            _ = CallAsync(process);
            KeepCalling(process, index, since);
        });
    }

    private async Task CallAsync(SimulatedProcess process)
    {
        try
        {
            using var caller = new CancellationTokenSource();
            var call = new SimulatedCall(this, process, ++calls, caller.Token);
            Statistics.Calls++;
            var isOver = false;
            if (!IsCalm && Random.Chance(0.02))
            {
                process.After(Random.Milliseconds(1, 500), () =>
                {
                    if (!isOver)
                        caller.Cancel();
                });
            }

            var running = process.Breaker.CallAsync(call, caller.Token);
            Invariants.OnFirstStepDone(call, running.IsCompleted);
            Outcome<int> outcome;
            try
            {
                outcome = await running.ConfigureAwait(false);
            }
            catch (UnjudgeableException exception)
            {
                outcome = Outcome.FromException<int>(exception);
            }

            isOver = true;
            Trace($"{process.Instance} call {call.Number} {(call.Admitted is { } seen ? $"{(seen.IsPassing ? "passed" : seen.LocalCause is null ? "probed" : "probed alone")} in epoch {seen.Epoch}" : "did not pass")}: {outcome.Exception?.GetType().Name ?? "ok"}");
            Invariants.OnOver(call, outcome);
        }
        catch (Exception exception)
        {
            Invariants.Fail(Invariant.StoreFailsNoCall, $"{process.Instance}: {exception}");
        }
    }

    private void MakeTrouble() => Scheduler.After(Random.Seconds(0.1, 2) * (Plan.Trouble / TimeSpan.FromSeconds(1)), () =>
    {
        if (IsCalm)
            return;

        switch (Random.Below(20))
        {
            case < 3:
                ResourceDown();
                break;
            case < 6:
                HostSick();
                break;
            case < 10:
                BadWeather();
                break;
            case < 12:
                Restart(Random.Below(processes.Length));
                break;
            case 12:
                Trace($"all restart");
                for (var i = 0; i < processes.Length; i++)
                    Restart(i);
                break;
            case < 15:
                Pause(processes[Random.Below(processes.Length)]);
                break;
            case 15:
                Steer(isolate: Random.Chance(0.5));
                break;
            case 16:
                WriteForeign();
                break;
            case 17:
                Burst();
                break;
            case 18:
                processes[Random.Below(processes.Length)].Clock.Skew = Random.Seconds(-100_000, 100_000);
                break;
            default:
                Resource.Hangs = Random.Pick(0, 0.01, 0.2, 0.6);
                _ = PersistAsync(processes[Random.Below(processes.Length)]);
                break;
        }

        MakeTrouble();
    });

    private void ResourceDown()
    {
        Resource.IsDown = true;
        Trace($"resource down");
        Scheduler.After(Random.Seconds(1, 120), () =>
        {
            Resource.IsDown = false;
            Trace($"resource up");
        });
    }

    private void HostSick()
    {
        var host = Random.Pick<string>([.. Plan.Hosts]);
        Resource.SickHosts.Add(host);
        Trace($"{host} sick");
        Scheduler.After(Random.Seconds(1, 200), () =>
        {
            if (!IsCalm)
                Resource.SickHosts.Remove(host);
            Trace($"{host} well");
        });
    }

    private void BadWeather()
    {
        Store.Weather = Random.Pick(StoreWeather.Slow, StoreWeather.Flaky, StoreWeather.Flaky, StoreWeather.ReadOnly, StoreWeather.Down, StoreWeather.Silent);
        Trace($"store {Store.Weather}");
        Scheduler.After(Random.Seconds(1, 60), () =>
        {
            Store.Weather = StoreWeather.Fine;
            Trace($"store {Store.Weather}");
        });
    }

    private void Restart(int index)
    {
        if (processes[index].IsDead)
            return;

        Statistics.Crashes++;
        Trace($"{processes[index].Instance} crashes");
        processes[index].Crash();
        Scheduler.After(Random.Seconds(0, 20), () =>
        {
            if (processes[index].IsDead)
                processes[index] = Start(index);
        });
    }

    private void Pause(SimulatedProcess process)
    {
        if (process.IsPaused || process.IsDead)
            return;

        Statistics.Pauses++;
        Trace($"{process.Instance} pauses");
        process.Pause();
        Scheduler.After(Random.Seconds(0, 40), () => Resume(process));
    }

    private void Resume(SimulatedProcess process)
    {
        if (!process.IsPaused || process.IsDead)
            return;

        Trace($"{process.Instance} goes on");
        process.Resume();
    }

    private void Burst()
    {
        foreach (var process in processes)
        {
            for (var i = 0; i < 10; i++)
                process.Post(() => _ = CallAsync(process));
        }
    }

    private void Steer(bool isolate)
    {
        var process = processes[Random.Below(processes.Length)];
        process.Post(() => _ = SteerAsync(process, isolate));
        Scheduler.After(Random.Seconds(5, 60), () => processes[Random.Below(processes.Length)].Post(() => _ = SteerAsync(processes[0], isolate: false)));
    }

    private async Task<bool> SteerAsync(SimulatedProcess process, bool isolate)
    {
        // Told while it was paused, it may come to it only when all is to be well.
        if (process.IsDead || process.IsPaused || (isolate && IsCalm))
            return false;

        steering++;
        Trace($"{process.Instance} is told to {(isolate ? "isolate" : "reset")}");
        try
        {
            await process.Breaker.SteerAsync(isolate).ConfigureAwait(false);
            Trace($"{process.Instance} has {(isolate ? "isolated" : "reset")}");
            if (isolate)
                Statistics.Isolations++;
            return true;
        }
        catch (BreakerStoreException exception)
        {
            Trace($"{process.Instance}: {exception.Message}");
            return false;
        }
        catch (Exception exception)
        {
            Invariants.Fail(Invariant.StoreFailsNoCall, $"{process.Instance} was steered: {exception}");
            return false;
        }
    }

    private async Task PersistAsync(SimulatedProcess process)
    {
        if (process.IsDead || process.IsPaused)
            return;

        try
        {
            await process.Breaker.PersistAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Invariants.Fail(Invariant.StoreFailsNoCall, $"{process.Instance} was to persist: {exception}");
        }
    }

    private void WriteForeign()
    {
        if (Store.Content is null)
            return;

        Statistics.Unreadable++;
        if (beforeNewer is null && Random.Chance(0.5) && TryDecode(Store.Content) is { } record)
        {
            Trace($"a later version writes");
            beforeNewer = record;
            Store.Put(Encoding.UTF8.GetBytes("""{"version":99,"record":{}}"""));
            Invariants.OnForeignContent(null);
            Scheduler.After(Random.Seconds(5, 60), RollBackNewer);
        }
        else if (beforeNewer is null)
        {
            Trace($"garbage is written");
            Store.Put(Encoding.UTF8.GetBytes(Random.Pick("", "{", "garbage", """{"version":1}""", """{"version":1,"record":null}""", """{"version":1,"record":{"votes":null}}""")));
            Invariants.OnForeignContent(null);
            Scheduler.After(Random.Seconds(5, 60), () => _ = SteerAsync(processes[Random.Below(processes.Length)], isolate: false));
        }
    }

    /// <summary>The later version is gone again, and what it left behind was put back.</summary>
    private void RollBackNewer()
    {
        if (beforeNewer is not { } record)
            return;

        Trace($"the later version is gone");
        beforeNewer = null;
        Store.Put(RecordCodec.Encode(record));
        Invariants.OnForeignContent(record);
    }

    private void Calm()
    {
        IsCalm = true;
        Trace($"calm");
        Store.Weather = StoreWeather.Fine;
        Resource.IsDown = false;
        Resource.SickHosts.Clear();
        if (Plan.SickForEver is { } sick)
            Resource.SickHosts.Add(sick);
        Resource.Hangs = 0;
        Resource.IsQuick = true;
        RollBackNewer();
        for (var i = 0; i < processes.Length; i++)
        {
            Resume(processes[i]);
            if (processes[i].IsDead)
                processes[i] = Start(i);
            else
                KeepCalling(processes[i], i, Scheduler.Now);
        }

        _ = ResetWhatNeedsHandsAsync();
    }

    private async Task ResetWhatNeedsHandsAsync()
    {
        if (Store.Content is { } content && TryDecode(content) is not { State: not CircuitState.Isolated } && !await SteerAsync(processes[0], isolate: false).ConfigureAwait(false))
            Scheduler.After(TimeSpan.FromSeconds(1), () => _ = ResetWhatNeedsHandsAsync());
    }

    private static BreakerRecord? TryDecode(ReadOnlyMemory<byte> content)
    {
        try
        {
            return RecordCodec.Decode(content);
        }
        catch (RecordFormatException)
        {
            return null;
        }
    }
}
