using DurableCircuitBreaker.Protocol;

namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>The store as one process sees it; the place for the mutations that a store can plant.</summary>
internal sealed class StoreConnection(Simulation simulation, Mutation mutation) : IBreakerStateStore
{
    private SimulatedProcess? process;

    public SimulatedProcess Process { set => process = value; }

    public ValueTask<BreakerStoreReading> ReadAsync(string name, CancellationToken cancellationToken) =>
        simulation.Store.ReadAsync(process!, cancellationToken);

    public ValueTask<BreakerStoreWriting> WriteAsync(string name, ReadOnlyMemory<byte> content, string? expectedTag, CancellationToken cancellationToken)
    {
        if (mutation == Mutation.LostAnswerTakenForLostRace)
            content = RecordCodec.Encode(RecordCodec.Decode(content) with { Nonce = "" });
        return simulation.Store.WriteAsync(process!, content, expectedTag, mutation == Mutation.BlindWrite, cancellationToken);
    }

    public IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken) => throw new NotSupportedException("A breaker lists nothing.");
}
