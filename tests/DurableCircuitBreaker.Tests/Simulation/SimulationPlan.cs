using DurableCircuitBreaker.Coordination;
using DurableCircuitBreaker.Protocol;

namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>What a seed decides before the first step.</summary>
internal sealed record SimulationPlan
{
    public required BreakerSettings Settings { get; init; }

    public required BreakerTimes Times { get; init; }

    public required int FailureThreshold { get; init; }

    public required double? FailureRatio { get; init; }

    /// <summary>The host of every instance: some share one.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    /// <summary>The mean time between two calls of an instance.</summary>
    public required IReadOnlyList<TimeSpan> Gaps { get; init; }

    public required TimeSpan Chaos { get; init; }

    /// <summary>The mean time between two things that go wrong.</summary>
    public required TimeSpan Trouble { get; init; }

    /// <summary>The store tells its time as an HTTP Date does, cut to the second.</summary>
    public required bool WholeSeconds { get; init; }

    public required TimeSpan StoreSkew { get; init; }

    /// <summary>How often even in fine weather an answer is lost, or a write takes effect late.</summary>
    public required double LostAnswers { get; init; }

    /// <summary>How often a probe hangs.</summary>
    public required double ProbeHangs { get; init; }

    /// <summary>A host that stays sick while all the others are well; only where one host is no quorum.</summary>
    public required string? SickForEver { get; init; }

    /// <summary>Through Polly's pipeline; else the breaker itself, with the step around it in the hands of the simulation.</summary>
    public required bool ThroughPipeline { get; init; }

    public int HostCount => Hosts.Distinct().Count();

    public static SimulationPlan From(SimulationRandom random)
    {
        var hosts = random.Between(1, 4);
        var instances = Math.Max(hosts, random.Between(1, 5));
        var lease = random.Seconds(2, 20);
        var breakDuration = random.Seconds(3, 60);
        var max = breakDuration * (1 + 5 * random.Fraction());
        if (max < lease)
            max = lease;
        var quorum = random.Between(1, Math.Min(3, hosts));
        var refresh = random.Seconds(0.3, 5);
        return new()
        {
            Settings = new()
            {
                BreakDuration = breakDuration,
                BreakGrowth = random.Chance(0.3) ? 1 : 1 + 2 * random.Fraction(),
                MaxBreakDuration = max,
                ResetAfter = random.Chance(0.5) ? max : random.Seconds(0, 120),
                SuccessThreshold = random.Between(1, 3),
                ProbeLease = lease,
                Quorum = quorum,
                VoteWindow = breakDuration * (1 + 2 * random.Fraction()) + lease,
                SamplingDuration = random.Seconds(10, 300),
            },
            Times = new(
                refresh, random.Pick(TimeSpan.Zero, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(1)), random.Seconds(0.5, 5),
                TimeSpan.FromMinutes(1)),
            FailureThreshold = random.Between(1, 5),
            FailureRatio = random.Chance(0.2) ? 0.3 + 0.5 * random.Fraction() : null,
            Hosts = [.. Enumerable.Range(0, instances).Select(i => $"host{i % hosts}")],
            Gaps = [.. Enumerable.Range(0, instances).Select(_ => random.Pick(
                random.Seconds(0.1, 0.5), random.Seconds(0.5, 2), random.Seconds(1, 5), random.Seconds(5, 30), random.Seconds(60, 300)))],
            Chaos = random.Seconds(60, 900),
            Trouble = random.Seconds(3, 40),
            WholeSeconds = random.Chance(0.4),
            StoreSkew = random.Chance(0.5) ? TimeSpan.Zero : random.Seconds(-100_000, 100_000),
            LostAnswers = random.Chance(0.25) ? 0.4 * random.Fraction() : 0,
            ProbeHangs = random.Chance(0.5) ? 0.6 * random.Fraction() : 0.02,
            SickForEver = quorum > 1 && random.Chance(0.3) ? $"host{random.Below(hosts)}" : null,
            ThroughPipeline = random.Chance(0.5),
        };
    }

    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Hosts.Count} instances on {HostCount} hosts, quorum {Settings.Quorum}, break {Settings.BreakDuration} x{Settings.BreakGrowth:0.00} to {Settings.MaxBreakDuration}, "
        + $"lease {Settings.ProbeLease}, {Settings.SuccessThreshold} successes, window {Settings.VoteWindow}, refresh {Times.RefreshInterval}, "
        + $"cold {Times.ColdReadTimeout}, store timeout {Times.StoreTimeout}, sick for ever {SickForEver}, threshold {FailureThreshold}, ratio {FailureRatio:0.00}, "
        + $"gaps {string.Join(" ", Gaps)}, whole seconds {WholeSeconds}, {(ThroughPipeline ? "pipeline" : "direct")}");
}
