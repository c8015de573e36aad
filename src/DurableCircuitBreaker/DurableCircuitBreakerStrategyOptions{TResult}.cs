using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using DurableCircuitBreaker.Protocol;
using DurableCircuitBreaker.Stores;
using Polly;
using Polly.CircuitBreaker;
using Defaults = DurableCircuitBreaker.DurableCircuitBreakerDefaults;

namespace DurableCircuitBreaker;

/// <summary>
/// The options of a circuit breaker that all instances share. They are checked when the pipeline is built; every fault is in one
/// <see cref="ValidationException"/>.
/// </summary>
/// <typeparam name="TResult">The type of result that the strategy handles.</typeparam>
public class DurableCircuitBreakerStrategyOptions<TResult> : ResilienceStrategyOptions, IValidatableObject
{
    private int built;

    /// <summary>With the defaults that each member tells of.</summary>
    public DurableCircuitBreakerStrategyOptions() => Name = Defaults.StrategyName;

    /// <summary>What the breaker is called in the store: all strategies of this name share one state.</summary>
    /// <value>Required; 1 to 64 characters of <c>A–Z a–z 0–9 . _ ~ -</c>, not beginning with a dot.</value>
    public string BreakerName { get; set; } = "";

    /// <summary>Where the shared state is kept. Never the resource that this breaker guards.</summary>
    /// <value>Required.</value>
    public IBreakerStateStore? Store { get; set; }

    /// <summary>The host on whose behalf this instance votes. All processes of a host have one vote, or a single crash-looping host would be a quorum.</summary>
    /// <value><c>WEBSITE_INSTANCE_ID</c> when it is set (Azure), else the machine's name; at most 64 characters.</value>
    public string HostId { get; set; } = DefaultHostId();

    /// <summary>What this strategy is called as the holder of a probe, and in the history.</summary>
    /// <value>The process id and a random part; at most 64 characters, and no two strategies may share one.</value>
    public string InstanceId { get; set; } = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Guid.NewGuid():N}");

    /// <summary>Failures in a row, each within <see cref="SamplingDuration"/> of the one before, at which this instance votes to open.</summary>
    /// <value>5; 1 to 1000. Not used when <see cref="FailureRatio"/> is set.</value>
    public int FailureThreshold { get; set; } = Defaults.FailureThreshold;

    /// <summary>The share of failures within <see cref="SamplingDuration"/> at which this instance votes to open, instead of failures in a row.</summary>
    /// <value>Null: failures in a row. Else above 0, up to 1. It is kept in memory only: a cold instance begins with an empty window.</value>
    public double? FailureRatio { get; set; }

    /// <summary>Calls within <see cref="SamplingDuration"/> below which <see cref="FailureRatio"/> means nothing yet.</summary>
    /// <value>100; at least 2.</value>
    public int MinimumThroughput { get; set; } = 100;

    /// <summary>The window of counting: a longer one than the calls are apart, or nothing ever opens.</summary>
    /// <value>60 seconds; 500 ms to 24 hours.</value>
    public TimeSpan SamplingDuration { get; set; } = Defaults.SamplingDuration;

    /// <summary>How long the first break lasts.</summary>
    /// <value>60 seconds; 500 ms to 24 hours.</value>
    public TimeSpan BreakDuration { get; set; } = Defaults.BreakDuration;

    /// <summary>By what each further break in a row is longer than the one before.</summary>
    /// <value>2; 1 (all alike) to 10.</value>
    public double BreakGrowth { get; set; } = Defaults.BreakGrowth;

    /// <summary>No break is longer, and none that a record tells of is believed to be.</summary>
    /// <value>10 minutes; from <see cref="BreakDuration"/> and <see cref="ProbeLease"/> to 24 hours.</value>
    public TimeSpan MaxBreakDuration { get; set; } = Defaults.MaxBreakDuration;

    /// <summary>Opening again within this time of the last closing makes the break grow; after it, it starts anew.</summary>
    /// <value>Null: the same as <see cref="MaxBreakDuration"/>. 0 to 24 hours.</value>
    public TimeSpan? ResetAfter { get; set; }

    /// <summary>Successful probes, in a row and over all instances, that close the circuit.</summary>
    /// <value>2; 1 to 100.</value>
    public int SuccessThreshold { get; set; } = Defaults.SuccessThreshold;

    /// <summary>How long an instance may probe. Shortly before its end the probe's token is cancelled; at its end another instance may probe.</summary>
    /// <value>15 seconds; 500 ms to 10 minutes, and longer than one call may take.</value>
    public TimeSpan ProbeLease { get; set; } = Defaults.ProbeLease;

    /// <summary>Hosts that must vote within <see cref="VoteWindow"/> for the circuit to open for all. Until then a host that fails is cut off alone.</summary>
    /// <value>1; 1 to 16.</value>
    public int Quorum { get; set; } = Defaults.Quorum;

    /// <summary>
    /// How long a vote counts. A host whose own probes go on failing renews it once a break, at the end of its probe: it must not have run out by then.
    /// </summary>
    /// <value>2 minutes; from <see cref="BreakDuration"/> + <see cref="ProbeLease"/> to 48 hours.</value>
    public TimeSpan VoteWindow { get; set; } = Defaults.VoteWindow;

    /// <summary>
    /// How old the view of the shared state grows before it is refreshed, in the background and only while there are calls. Up to twice this
    /// age no call waits for a refresh; beyond it the next call reads first.
    /// </summary>
    /// <value>2.5 seconds; 100 ms to 5 minutes.</value>
    public TimeSpan RefreshInterval { get; set; } = Defaults.RefreshInterval;

    /// <summary>
    /// The most that a call waits for the store in all: for a view that is stale, to win a probe, and to have that probe's result recorded.
    /// </summary>
    /// <value>250 ms; 0 (never wait) to 10 seconds.</value>
    public TimeSpan ColdReadTimeout { get; set; } = Defaults.ColdReadTimeout;

    /// <summary>How long one call of the store may take before it counts as unanswered; no call of the pipeline waits for it.</summary>
    /// <value>5 seconds; 100 ms to 1 minute.</value>
    public TimeSpan StoreTimeout { get; set; } = Defaults.StoreTimeout;

    /// <summary>Reject nothing; note on a record of its own (<c>name~dry-run</c>) what would have opened.</summary>
    /// <value>False.</value>
    public bool DryRun { get; set; }

    /// <summary>Which outcomes are failures. A call that its caller cancelled is neither, and is not asked about.</summary>
    /// <value>Every exception but <see cref="OperationCanceledException"/>.</value>
    public Func<CircuitBreakerPredicateArguments<TResult>, ValueTask<bool>>? ShouldHandle { get; set; } =
        static args => ValueTask.FromResult(args.Outcome.Exception is { } exception and not OperationCanceledException);

    /// <summary>Told, in order, when calls of this instance begin to be rejected.</summary>
    /// <remarks>
    /// This and the other callbacks begin on the thread that found out, so they must not block it; what they await, no call waits for. They belong
    /// to no call (mostly a refresh finds out), so there is no <see cref="ResilienceContext"/> and no outcome.
    /// </remarks>
    public Func<OnDurableCircuitOpenedArguments, ValueTask>? OnOpened { get; set; }

    /// <summary>Told, in order, when calls of this instance pass again.</summary>
    public Func<OnDurableCircuitClosedArguments, ValueTask>? OnClosed { get; set; }

    /// <summary>Told, in order, when this instance is about to probe.</summary>
    public Func<OnDurableCircuitHalfOpenedArguments, ValueTask>? OnHalfOpened { get; set; }

    /// <summary>Told once when the store stops answering, or has something unreadable under this name; the breaker then goes on alone.</summary>
    public Func<OnBreakerStoreUnavailableArguments, ValueTask>? OnStoreUnavailable { get; set; }

    /// <summary>Reads and steers the breaker that is built from these options.</summary>
    public DurableCircuitBreakerControl? Control { get; set; }

    /// <summary>Numbers from 0 up to 1 for jitter. Not for normal use.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Func<double> Randomizer { get; set; } = Random.Shared.NextDouble;

    /// <summary>Whether calls that waited for the store go on within its answer. Only for a simulation, which must replay.</summary>
    internal bool GoesOnInline { get; set; }

    /// <summary>The next strategy built from these options is an instance of its own: two must not take each other's lease for theirs.</summary>
    internal string NextInstanceId()
    {
        var n = Interlocked.Increment(ref built);
        if (n == 1)
            return InstanceId;

        // The number must survive the cut to what a record takes.
        var number = string.Create(CultureInfo.InvariantCulture, $"/{n}");
        return InstanceId[..Math.Min(InstanceId.Length, BreakerLimits.MaxName - number.Length)] + number;
    }

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (!BreakerNames.IsValid(BreakerName, BreakerLimits.MaxName))
            yield return Fault(nameof(BreakerName), $"must be 1 to {BreakerLimits.MaxName} characters of A-Z a-z 0-9 . _ ~ - that do not begin with a dot, but is '{BreakerName}'.");
        if (Store is null)
            yield return Fault(nameof(Store), "is required.");
        if (ShouldHandle is null)
            yield return Fault(nameof(ShouldHandle), "is required.");
        if (Randomizer is null)
            yield return Fault(nameof(Randomizer), "is required.");
        if (HostId is not { Length: > 0 and <= BreakerLimits.MaxName })
            yield return Fault(nameof(HostId), $"must have 1 to {BreakerLimits.MaxName} characters.");
        if (InstanceId is not { Length: > 0 and <= BreakerLimits.MaxName })
            yield return Fault(nameof(InstanceId), $"must have 1 to {BreakerLimits.MaxName} characters.");

        ValidationResult?[] ranges =
        [
            Between(nameof(FailureThreshold), FailureThreshold, Defaults.MinFailureThreshold, Defaults.MaxFailureThreshold),
            FailureRatio is not { } ratio || (ratio > 0 && ratio <= 1) ? null : Fault(nameof(FailureRatio), $"must be above 0 and at most 1, but is {ratio}."),
            Between(nameof(MinimumThroughput), MinimumThroughput, Defaults.MinThroughput, int.MaxValue),
            Between(nameof(SamplingDuration), SamplingDuration, Defaults.MinDuration, Defaults.MaxDuration),
            Between(nameof(BreakDuration), BreakDuration, Defaults.MinDuration, Defaults.MaxDuration),
            Between(nameof(BreakGrowth), BreakGrowth, Defaults.MinBreakGrowth, Defaults.MaxBreakGrowth),
            Between(nameof(MaxBreakDuration), MaxBreakDuration, Longer(BreakDuration, ProbeLease), Defaults.MaxDuration),
            Between(nameof(ResetAfter), ResetAfter ?? TimeSpan.Zero, TimeSpan.Zero, Defaults.MaxDuration),
            Between(nameof(SuccessThreshold), SuccessThreshold, 1, Defaults.MaxSuccessThreshold),
            Between(nameof(ProbeLease), ProbeLease, Defaults.MinDuration, Defaults.MaxProbeLease),
            Between(nameof(Quorum), Quorum, 1, Defaults.MaxQuorum),
            Between(nameof(VoteWindow), VoteWindow, Sum(BreakDuration, ProbeLease), Defaults.MaxVoteWindow),
            Between(nameof(RefreshInterval), RefreshInterval, Defaults.MinRefreshInterval, Defaults.MaxRefreshInterval),
            Between(nameof(ColdReadTimeout), ColdReadTimeout, TimeSpan.Zero, Defaults.MaxColdReadTimeout),
            Between(nameof(StoreTimeout), StoreTimeout, Defaults.MinStoreTimeout, Defaults.MaxStoreTimeout),
        ];
        foreach (var fault in ranges)
        {
            if (fault is not null)
                yield return fault;
        }
    }

    internal BreakerSettings ToSettings() => new()
    {
        BreakDuration = BreakDuration,
        BreakGrowth = BreakGrowth,
        MaxBreakDuration = MaxBreakDuration,
        ResetAfter = ResetAfter ?? MaxBreakDuration,
        SuccessThreshold = SuccessThreshold,
        ProbeLease = ProbeLease,
        Quorum = Quorum,
        VoteWindow = VoteWindow,
        SamplingDuration = SamplingDuration,
    };

    private static string DefaultHostId()
    {
        var host = Environment.GetEnvironmentVariable("WEBSITE_INSTANCE_ID") is { Length: > 0 } instance ? instance : Environment.MachineName;
        return host.Length <= BreakerLimits.MaxName ? host : host[..BreakerLimits.MaxName];
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan two) => one > two ? one : two;

    // Either may be out of all bounds, and that is a fault of its own.
    private static TimeSpan Sum(TimeSpan one, TimeSpan two) =>
        one > Defaults.MaxDuration || two > Defaults.MaxDuration || one + two < Defaults.MinDuration ? Defaults.MinDuration : one + two;

    private static ValidationResult? Between<T>(string member, T value, T min, T max)
        where T : IComparable<T> =>
        value.CompareTo(min) >= 0 && value.CompareTo(max) <= 0 ? null : Fault(member, $"must be from {min} to {max}, but is {value}.");

    private static ValidationResult Fault(string member, FormattableString fault) =>
        Fault(member, fault.ToString(CultureInfo.InvariantCulture));

    private static ValidationResult Fault(string member, string fault) => new($"{member} {fault}", [member]);
}
