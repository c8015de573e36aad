namespace DurableCircuitBreaker.Tests.Costs;

/// <summary>Counts what a breaker asks of its store, and can keep every answer back.</summary>
internal sealed class CountingStore(TimeProvider time) : IBreakerStateStore
{
    private readonly InMemoryBreakerStateStore inner = new(time);
    private readonly List<TaskCompletionSource> heldBack = [];

    public int Reads { get; private set; }

    public int Writes { get; private set; }

    /// <summary>While true nothing is answered until <see cref="Answer"/>.</summary>
    public bool HoldBack { get; set; }

    public void Answer()
    {
        HoldBack = false;
        foreach (var answer in heldBack)
            answer.SetResult();
        heldBack.Clear();
    }

    public async ValueTask<BreakerStoreReading> ReadAsync(string name, CancellationToken cancellationToken)
    {
        Reads++;
        await TurnAsync();
        return await inner.ReadAsync(name, cancellationToken);
    }

    public async ValueTask<BreakerStoreWriting> WriteAsync(
        string name, ReadOnlyMemory<byte> content, string? expectedTag, CancellationToken cancellationToken)
    {
        Writes++;
        await TurnAsync();
        return await inner.WriteAsync(name, content, expectedTag, cancellationToken);
    }

    public IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken) => inner.ListAsync(cancellationToken);

    private Task TurnAsync()
    {
        if (!HoldBack)
            return Task.CompletedTask;

        var answer = new TaskCompletionSource();
        heldBack.Add(answer);
        return answer.Task;
    }
}
