using DurableCircuitBreaker.Protocol;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>The store as one process sees it; the place for the mutations that a store can plant.</summary>
internal sealed class StoreConnection(Simulation simulation, Mutation mutation) : IBreakerStateStore
{
    private static readonly TimeSpan OldAnswer = TimeSpan.FromSeconds(30);
    private SimulatedProcess? process;
    private (BreakerStoreReading Reading, TimeSpan At)? remembered;

    public SimulatedProcess Process { set => process = value; }

    public async ValueTask<BreakerStoreReading> ReadAsync(string name, CancellationToken cancellationToken)
    {
        if (mutation == Mutation.OldAnswers && remembered is var (old, at) && simulation.Scheduler.Now - at < OldAnswer)
            return old with { Time = old.Time + (simulation.Scheduler.Now - at) };

        var reading = await simulation.Store.ReadAsync(process!, cancellationToken).ConfigureAwait(false);
        remembered = (reading, simulation.Scheduler.Now);
        if (reading.Content is not { } content)
            return reading;

        var record = RecordCodecOrNull(content);
        return mutation switch
        {
            Mutation.GarbageTakenForNothing when record is null => reading with { Content = null },
            Mutation.IsolationNotHeard when record is { State: CircuitState.Isolated } =>
                reading with { Content = RecordCodec.Encode(record with { State = CircuitState.Closed }) },
            _ => reading,
        };
    }

    public ValueTask<BreakerStoreWriting> WriteAsync(string name, ReadOnlyMemory<byte> content, string? expectedTag, CancellationToken cancellationToken)
    {
        var record = RecordCodec.Decode(content);
        BreakerRecord? mutated = mutation switch
        {
            Mutation.LostAnswerTakenForLostRace => record with { Nonce = "" },
            Mutation.FailedHostForgotten => record with { FailedProbeHost = null },
            Mutation.HistoryGrows => record with { Transitions = [.. Enumerable.Repeat(record.Transitions, 30).SelectMany(all => all)] },
            Mutation.LeaseShorterThanBelieved when record.Probe is { } probe =>
                record with { Probe = probe with { Until = probe.Until - simulation.Plan.Settings.ProbeLease / 2 } },
            _ => null,
        };
        return simulation.Store.WriteAsync(
            process!, mutated is null ? content : RecordCodec.Encode(mutated), expectedTag, mutation == Mutation.BlindWrite, cancellationToken);
    }

    public IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken) => throw new NotSupportedException("A breaker lists nothing.");

    private static BreakerRecord? RecordCodecOrNull(ReadOnlyMemory<byte> content)
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
