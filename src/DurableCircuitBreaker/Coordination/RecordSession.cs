using DurableCircuitBreaker.Protocol;

namespace DurableCircuitBreaker.Coordination;

/// <summary>
/// Reads and changes one record in the store. Every answer goes to the breaker's view; every write is a compare-and-swap on the view's tag.
/// Nothing is thrown: a store that fails, hangs or has something unreadable is an answer too.
/// </summary>
internal sealed class RecordSession(SharedBreaker breaker, IBreakerStateStore store, TimeProvider time, TimeSpan storeTimeout)
{
    /// <summary>Lost races in a row after which a change is given up for now. Each lost race is somebody else's success.</summary>
    private const int MaxAttempts = 8;

    /// <summary>Reads the record into the view; null when that worked.</summary>
    public async ValueTask<Exception?> ReadAsync()
    {
        var sent = time.GetTimestamp();
        BreakerStoreReading reading;
        try
        {
            reading = await CallAsync(static (s, token) => s.store.ReadAsync(s.breaker.Name, token), (store, breaker)).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Whatever a store throws, what it knows is unknown now. The breaker goes on without it and says so.
            breaker.StoreFailed(exception, StoreKnowledge.Unavailable);
            return exception;
        }

        try
        {
            var record = reading.Content is { } content ? RecordCodec.Decode(content) : BreakerRecord.Initial;
            breaker.Observe(record, reading.Tag, reading.Time, sent);
            return null;
        }
        catch (RecordFormatException exception)
        {
            exception.Tag = reading.Tag;
            breaker.ObserveUnreadable(exception, reading.Time, sent);
            return exception;
        }
    }

    /// <summary>Changes the record.</summary>
    /// <param name="change">Gives the new record, or null when there is nothing to change; asked again after every lost race.</param>
    /// <param name="readFirst">Whether to look at the store even where the view is good.</param>
    public async ValueTask<RecordUpdate> UpdateAsync(Func<BreakerRecord, DateTimeOffset, BreakerRecord?> change, bool readFirst)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if ((readFirst || attempt > 0 || breaker.View.Store != StoreKnowledge.Known) && await ReadAsync().ConfigureAwait(false) is { } fault)
                return RecordUpdate.Failed(fault);

            var view = breaker.View;
            var sent = time.GetTimestamp();
            if (change(view.Record, breaker.StoreTimeAt(sent)) is not { } next)
                return RecordUpdate.NotNeeded;

            next = next with { Revision = view.Record.Revision + 1, Nonce = Guid.NewGuid().ToString("N") };
            if (await WriteAsync(next, view.Tag, sent).ConfigureAwait(false) is { } written)
                return written ? RecordUpdate.Applied(next, sent) : RecordUpdate.Failed(breaker.View.StoreFault!);
        }

        return RecordUpdate.Failed(new TimeoutException($"The state of breaker '{breaker.Name}' was changed by others {MaxAttempts} times in a row."));
    }

    /// <summary>Replaces whatever is stored: only for a reset by hand of something unreadable.</summary>
    public async ValueTask<Exception?> ReplaceAsync(BreakerRecord record, string? tag)
    {
        var sent = time.GetTimestamp();
        var next = record with { Nonce = Guid.NewGuid().ToString("N") };
        return await WriteAsync(next, tag, sent).ConfigureAwait(false) == true ? null : breaker.View.StoreFault ?? new TimeoutException("Somebody else changed it just now.");
    }

    /// <summary>True: it is the stored one now. False: nobody can tell. Null: somebody else was faster.</summary>
    private async ValueTask<bool?> WriteAsync(BreakerRecord next, string? tag, long sent)
    {
        try
        {
            var writing = await CallAsync(
                static (s, token) => s.store.WriteAsync(s.breaker.Name, RecordCodec.Encode(s.next), s.tag, token), (store, breaker, next, tag)).ConfigureAwait(false);
            if (!writing.IsWritten)
                return null;

            breaker.Observe(next, writing.Tag, writing.Time, sent);
            return true;
        }
        catch (Exception)
        {
            // It may have been applied, and only the answer was lost. Our own nonce in the store tells; to take it for a lost race would
            // leave a lease that nobody uses.
            if (await ReadAsync().ConfigureAwait(false) is not null)
                return false;

            return breaker.View.Record.Nonce == next.Nonce ? true : null;
        }
    }

    /// <summary>A call of the store that ends in time, also when the store does not heed its token.</summary>
    private async ValueTask<T> CallAsync<TState, T>(Func<TState, CancellationToken, ValueTask<T>> call, TState state)
    {
        using var timeout = new CancellationTokenSource(storeTimeout, time);
        var running = call(state, timeout.Token);
        return running.IsCompletedSuccessfully ? running.Result : await running.AsTask().WaitAsync(storeTimeout, time).ConfigureAwait(false);
    }
}
