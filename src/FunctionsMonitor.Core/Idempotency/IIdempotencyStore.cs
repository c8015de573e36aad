namespace FunctionsMonitor.Idempotency;

/// <summary>
/// The records of idempotency keys, seen by all instances. They live beside the breaker state. A record is never changed but for the answer
/// that is added to it once, and it is gone when it expires. Whatever an implementation throws counts as "the store does not answer".
/// </summary>
public interface IIdempotencyStore
{
    /// <summary>The record of that key that has not expired at <paramref name="now"/>; null when there is none.</summary>
    /// <param name="keyId"><see cref="IdempotencyRecord.KeyId"/>.</param>
    /// <param name="now">Microseconds since the Unix epoch.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<IdempotencyRecord?> FindAsync(string keyId, long now, CancellationToken cancellationToken);

    /// <summary>
    /// Creates the record unless one with its key is there; one that had expired when this one was received
    /// (<c>ExpiresAt &lt;= record.ReceivedAt</c>) is replaced, with its answer. Of any number of calls at once one gets true. Durable when it returns true.
    /// </summary>
    /// <returns>
    /// False when another one holds the key. A store that cannot tell whether its own write went through may say false or throw: the record is then
    /// found without an answer by the next try, which is safe.
    /// </returns>
    ValueTask<bool> TryCreateAsync(IdempotencyRecord record, CancellationToken cancellationToken);

    /// <summary>
    /// Adds the answer to this very record (same <see cref="IdempotencyRecord.KeyId"/> and <see cref="IdempotencyRecord.ReceivedAt"/>) unless it has
    /// one, and returns the one that holds: of any number of calls at once all get the same. The given one when the record is no longer there.
    /// </summary>
    ValueTask<IdempotencyAnswer> SetAnswerAsync(IdempotencyRecord record, IdempotencyAnswer answer, CancellationToken cancellationToken);

    /// <summary>Deletes records that have expired at <paramref name="now"/> (<c>ExpiresAt &lt;= now</c>), perhaps not all in one call.</summary>
    ValueTask<PurgedKeys> PurgeAsync(long now, CancellationToken cancellationToken);
}
