using System.Globalization;
using DurableCircuitBreaker;
using DurableCircuitBreaker.Protocol;
using Polly.CircuitBreaker;

namespace FunctionsMonitor.TestSupport.Breakers;

/// <summary>A record at every bound of <see cref="BreakerLimits"/> at once.</summary>
internal static class LargestRecord
{
    /// <param name="character">Every free text of it is made of this one.</param>
    public static byte[] Encoded(string character)
    {
        var host = Text(character, BreakerLimits.MaxName);
        var cause = Text(character, BreakerLimits.MaxCause);
        // Every digit of a time is written.
        var at = DateTimeOffset.Parse("9999-12-31T23:59:59.9999999+00:00", CultureInfo.InvariantCulture);
        return RecordCodec.Encode(new BreakerRecord
        {
            State = CircuitState.HalfOpen,
            Epoch = long.MaxValue,
            Revision = long.MaxValue,
            Nonce = new string('f', 32),
            OpenedAt = at,
            OpenUntil = at,
            ClosedAt = at,
            BreakCount = int.MaxValue,
            Reason = cause,
            Probe = new ProbeLease(host, host, at),
            FailedProbeHost = host,
            Successes = int.MaxValue,
            Votes = [.. Enumerable.Repeat(new BreakerVote(host, at, cause), BreakerLimits.MaxVotes)],
            Runs = [.. Enumerable.Repeat(new FailureRun(host, int.MaxValue, at), BreakerLimits.MaxRuns)],
            Transitions = [.. Enumerable.Repeat(new BreakerTransition(at, CircuitState.HalfOpen, CircuitState.Isolated, host, host, cause), BreakerLimits.MaxTransitions)],
        });
    }

    // As the library cleans what it is given: what has to be escaped in JSON never gets into a record.
    private static string Text(string character, int length) =>
        Causes.Clean(string.Concat(Enumerable.Repeat(character, length)), length);
}
