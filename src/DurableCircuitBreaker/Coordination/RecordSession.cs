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

    /// <summary>Writes that failed and did not take effect after which the store is taken for one that cannot be written.</summary>
    private const int MaxFailedWrites = 2;

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
            breaker.StoreFailed(exception, StoreKnowledge.Unavailable, sent);
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
        // One for all attempts: a write that was given up may land while the next attempt reads.
        var nonce = Guid.NewGuid().ToString("N");
        var failedWrites = 0;
        Exception? lastFault = null;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if ((readFirst || attempt > 0 || breaker.View.Store != StoreKnowledge.Known) && await ReadAsync().ConfigureAwait(false) is { } fault)
                return RecordUpdate.Failed(fault);

            var view = breaker.View;
            if (view.Record.Nonce == nonce)
            {
                breaker.WritesWork();
                return RecordUpdate.Applied;
            }

            if (failedWrites >= MaxFailedWrites)
            {
                breaker.WritesFailed(lastFault!);
                return RecordUpdate.Failed(lastFault!);
            }

            var sent = time.GetTimestamp();
            if (change(view.Record, breaker.StoreTimeAt(sent)) is not { } next)
                return RecordUpdate.NotNeeded;

            var (isApplied, writeFault) = await WriteAsync(next with { Revision = view.Record.Revision + 1, Nonce = nonce }, view.Tag, sent).ConfigureAwait(false);
            if (isApplied)
                return RecordUpdate.Applied;
            lastFault = writeFault ?? lastFault;
            if (writeFault is not null)
                failedWrites++;
        }

        return RecordUpdate.Failed(new TimeoutException($"The state of breaker '{breaker.Name}' could not be changed in {MaxAttempts} attempts."));
    }

    /// <summary>Replaces whatever is stored: only for a reset by hand of something unreadable. Null when that worked.</summary>
    public async ValueTask<Exception?> ReplaceAsync(BreakerRecord record, string? tag)
    {
        var next = record with { Nonce = Guid.NewGuid().ToString("N") };
        var (isApplied, writeFault) = await WriteAsync(next, tag, time.GetTimestamp()).ConfigureAwait(false);
        if (isApplied)
            return null;
        if (await ReadAsync().ConfigureAwait(false) is { } fault)
            return fault;

        return breaker.View.Record.Nonce == next.Nonce ? null : writeFault ?? new TimeoutException("Somebody else changed it just now.");
    }

    /// <summary>Not applied: somebody else was faster, or (with a fault) nobody can tell. Whoever reads next finds out.</summary>
    private async ValueTask<(bool IsApplied, Exception? Fault)> WriteAsync(BreakerRecord next, string? tag, long sent)
    {
        try
        {
            var writing = await CallAsync(
                static (s, token) => s.store.WriteAsync(s.breaker.Name, RecordCodec.Encode(s.next), s.tag, token), (store, breaker, next, tag)).ConfigureAwait(false);
            if (writing.IsWritten)
            {
                breaker.WritesWork();
                breaker.Observe(next, writing.Tag, writing.Time, sent);
            }

            return (writing.IsWritten, null);
        }
        catch (Exception exception)
        {
            // It may have been applied, and only the answer was lost. Our own nonce in the store tells.
            return (false, exception);
        }
    }

    /// <summary>A call of the store that ends in time, also when the store does not heed its token.</summary>
    private async ValueTask<T> CallAsync<TState, T>(Func<TState, CancellationToken, ValueTask<T>> call, TState state)
    {
        using var late = new CancellationTokenSource();
        var running = call(state, late.Token);
        if (running.IsCompletedSuccessfully)
            return running.Result;

        var task = running.AsTask();
        try
        {
            return await task.WaitAsync(storeTimeout, time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            _ = task.Observed();
            // Not CancelAsync: that would go on by the thread pool, and no simulation could replay it.
#pragma warning disable CA1849
            late.Cancel();
#pragma warning restore CA1849
            throw;
        }
    }
}
