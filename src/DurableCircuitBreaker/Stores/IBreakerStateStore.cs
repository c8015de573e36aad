namespace DurableCircuitBreaker;

/// <summary>
/// Where breakers keep what all instances share: small named values, changed by compare-and-swap. It must never be the resource that a
/// breaker guards. Calls must not block the thread; a call that is cancelled or fails may still take effect. The client library's own
/// retries should be off: the breaker settles what is unknown itself, and does not wait for it.
/// </summary>
public interface IBreakerStateStore
{
    /// <summary>Reads one breaker's value.</summary>
    /// <param name="name">1 to 80 characters of <c>A–Z a–z 0–9 . _ ~ -</c>, not beginning with a dot.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The value with its tag, or none; and the store's time either way.</returns>
    ValueTask<BreakerStoreReading> ReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>Writes a value if the stored one still has the tag that the writer saw.</summary>
    /// <param name="name">As for <see cref="ReadAsync"/>.</param>
    /// <param name="content">The new value: UTF-8 text of at most 32,768 UTF-16 characters. It is not kept by reference.</param>
    /// <param name="expectedTag">The tag of the value that is to be replaced; null when there must be none.</param>
    /// <param name="cancellationToken">Ends the call; whether the write took effect is then unknown.</param>
    /// <returns>The new tag; or that somebody else was faster, and nothing was written. Anything unknown is an exception.</returns>
    ValueTask<BreakerStoreWriting> WriteAsync(string name, ReadOnlyMemory<byte> content, string? expectedTag, CancellationToken cancellationToken);

    /// <summary>
    /// The names of all breakers that were ever written, in no particular order. No breaker asks for them: it is for whoever looks after a store, who
    /// would else not learn of a record that no program uses any more, a renamed breaker's or that of a dry run.
    /// </summary>
    IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken);
}
