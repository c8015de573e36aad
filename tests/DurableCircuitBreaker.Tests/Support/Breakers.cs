using DurableCircuitBreaker.Protocol;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests.Support;

/// <summary>What tests of the rules need again and again: members, settings, records in a given state.</summary>
internal static class Breakers
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    public static readonly BreakerMember A = new("host-a", "a1");
    public static readonly BreakerMember B = new("host-b", "b1");
    public static readonly BreakerMember C = new("host-c", "c1");

    public static readonly BreakerSettings Settings = new()
    {
        BreakDuration = TimeSpan.FromSeconds(60),
        BreakGrowth = 2,
        MaxBreakDuration = TimeSpan.FromMinutes(10),
        ResetAfter = TimeSpan.FromMinutes(10),
        SuccessThreshold = 2,
        ProbeLease = TimeSpan.FromSeconds(15),
        Quorum = 1,
        VoteWindow = TimeSpan.FromMinutes(2),
        SamplingDuration = TimeSpan.FromSeconds(60),
    };

    public static BreakerRecord Closed(long epoch = 3) => new() { Epoch = epoch };

    /// <summary>Opened by A at noon.</summary>
    public static BreakerRecord Open() => BreakerProtocol.CastVote(Closed(), A, 3, "down", Noon, Settings)!;

    /// <summary>Opened by A at noon, probed by a member when the break was over.</summary>
    public static BreakerRecord HalfOpen(BreakerMember prober)
    {
        var record = BreakerProtocol.GrantProbe(Open(), prober, Noon + Settings.BreakDuration, Settings)!;
        Assert.Equal(CircuitState.HalfOpen, record.State);
        return record;
    }

    /// <summary>The protocol's records are compared by what would be stored; collections have no equality of their own.</summary>
    public static void AssertSame(BreakerRecord expected, BreakerRecord actual) =>
        Assert.Equal(Text(expected), Text(actual));

    public static string Text(BreakerRecord record) => System.Text.Encoding.UTF8.GetString(RecordCodec.Encode(record));
}
