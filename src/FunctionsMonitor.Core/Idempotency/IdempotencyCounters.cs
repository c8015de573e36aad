namespace FunctionsMonitor.Idempotency;

/// <summary>Counts for <see cref="IdempotencyFigures"/>.</summary>
internal sealed class IdempotencyCounters
{
    private long created;
    private long replayed;
    private long resumed;
    private long reused;
    private long inProgress;
    private long storeFailures;
    private long answersNotKept;

    public IdempotencyFigures Read() => new(
        Interlocked.Read(ref created), Interlocked.Read(ref replayed), Interlocked.Read(ref resumed), Interlocked.Read(ref reused),
        Interlocked.Read(ref inProgress), Interlocked.Read(ref storeFailures), Interlocked.Read(ref answersNotKept));

    public void CountCreated() => Interlocked.Increment(ref created);

    public void CountReplayed() => Interlocked.Increment(ref replayed);

    public void CountResumed() => Interlocked.Increment(ref resumed);

    public void CountAnswerNotKept() => Interlocked.Increment(ref answersNotKept);

    public void Count(IdempotencyFault fault) => _ = fault switch
    {
        IdempotencyFault.KeyReused => Interlocked.Increment(ref reused),
        IdempotencyFault.InProgress => Interlocked.Increment(ref inProgress),
        _ => Interlocked.Increment(ref storeFailures),
    };
}
