using System.IO.Pipelines;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using FunctionsMonitor.Resilience;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Idempotency;

/// <summary>
/// Takes requests in that carry an idempotency key. The record comes first, then the segment, then the answer. Whoever finds a record without
/// an answer does the work again with the identities that the first try gave, and the events' own key catches what was stored already: so it
/// does not matter where a try was cut off.
/// </summary>
public sealed class IdempotentIngestor
{
    private readonly EventIngestor ingestor;
    private readonly IIdempotencyStore store;
    private readonly IngestOptions limits;
    private readonly IdempotencyOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<IdempotentIngestor> logger;
    private readonly IdempotencyCounters counters = new();

    internal IdempotentIngestor(
        EventIngestor ingestor, IIdempotencyStore store, IOptions<IngestOptions> limits, IOptions<IdempotencyOptions> options, TimeProvider time,
        ILogger<IdempotentIngestor> logger)
    {
        this.ingestor = ingestor;
        this.store = store;
        this.limits = limits.Value;
        this.options = options.Value;
        this.time = time;
        this.logger = logger;
    }

    public IdempotencyFigures Figures => counters.Read();

    /// <summary>One request, whole, once.</summary>
    /// <param name="key">What the client calls it.</param>
    /// <param name="body">Decompressed.</param>
    /// <param name="format">How it carries its events.</param>
    /// <param name="write">Makes an answer of the result; called when the accepted events are durable.</param>
    /// <param name="cancellationToken">The caller has left; heeded until the events are handed to the buffer and never after.</param>
    /// <returns>The answer, and whether it is one that was given before.</returns>
    /// <exception cref="IdempotencyException">The key stands for another body, or is being used now, or nobody can tell.</exception>
    /// <exception cref="EventBodyException">The body is not what it says it is, or over a limit.</exception>
    /// <exception cref="BufferFullException">Over the cap.</exception>
    /// <exception cref="BufferUnavailableException">Not durable, or nobody can tell.</exception>
    public async ValueTask<(IdempotencyAnswer Answer, bool Replayed)> IngestAsync(
        IdempotencyKey key, PipeReader body, EventFormat format, Func<IngestResult, IdempotencyAnswer> write, CancellationToken cancellationToken)
    {
        var now = EventTime.ToMicroseconds(time.GetUtcNow());
        var known = await AskAsync(
            static (store, state, token) => store.FindAsync(state.Id, state.now, token), (key.Id, now), cancellationToken).ConfigureAwait(false);
        if (known is { Answer: { } given })
        {
            EnsureSameBody(known, await BodyHash.ReadAsync(body, format, limits, cancellationToken).ConfigureAwait(false));
            counters.CountReplayed();
            return (given, true);
        }

        ingestor.ThrowIfOverCap();
        // The first try's time of receipt, also for judging what is too old: else a timestamp at the edge would be kept by one try and replaced by the other.
        using var intake = ingestor.NewIntake(key, known?.ReceivedAt ?? now);
        using var hash = new BodyHash(format);
        await EventReader.ReadAsync(body, format, limits, intake, cancellationToken, hash).ConfigureAwait(false);
        var record = await ClaimAsync(known, key, hash.Get(), now, cancellationToken).ConfigureAwait(false);

        var answer = write(await ingestor.CommitAsync(intake).ConfigureAwait(false));
        return (await KeepAsync(record, answer).ConfigureAwait(false), false);
    }

    private async ValueTask<IdempotencyRecord> ClaimAsync(
        IdempotencyRecord? known, IdempotencyKey key, byte[] bodyHash, long now, CancellationToken cancellationToken)
    {
        if (known is not null)
        {
            EnsureSameBody(known, bodyHash);
            counters.CountResumed();
            return known;
        }

        var record = new IdempotencyRecord
        {
            KeyId = key.Id,
            BodyHash = bodyHash,
            ReceivedAt = now,
            ExpiresAt = now + (long)options.KeyLifetime.TotalMicroseconds,
        };
        var created = await AskAsync(
            static (store, state, token) => store.TryCreateAsync(state, token), record, cancellationToken).ConfigureAwait(false);
        if (!created)
        {
            // It was not there before the body was read. The other one's time of receipt is not the one that these events were read with.
            throw Refuse(IdempotencyFault.InProgress, "Another request with this Idempotency-Key came in at the same moment; send this one again to get its answer.");
        }

        counters.CountCreated();
        return record;
    }

    private void EnsureSameBody(IdempotencyRecord record, ReadOnlySpan<byte> bodyHash)
    {
        if (!record.BodyHash.Span.SequenceEqual(bodyHash))
            throw Refuse(IdempotencyFault.KeyReused, "This Idempotency-Key was used for another body; a new request needs a new key.");
    }

    /// <summary>The events are durable by now, and the client is told so whatever becomes of the record.</summary>
    private async ValueTask<IdempotencyAnswer> KeepAsync(IdempotencyRecord record, IdempotencyAnswer answer)
    {
        if (answer.Body.Length > IdempotencyAnswer.MaxBodyBytes)
        {
            counters.CountAnswerNotKept();
            Log.AnswerTooLarge(logger, answer.Body.Length);
            return answer;
        }

        try
        {
            return await BoundAsync(
                static (store, state, token) => store.SetAnswerAsync(state.record, state.answer, token), (record, answer), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            counters.CountAnswerNotKept();
            Log.AnswerNotKept(logger, exception);
            return answer;
        }
    }

    private async ValueTask<T> AskAsync<TState, T>(
        Func<IIdempotencyStore, TState, CancellationToken, ValueTask<T>> ask, TState state, CancellationToken cancellationToken)
    {
        try
        {
            return await BoundAsync(ask, state, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Refuse(
                IdempotencyFault.StoreUnavailable,
                $"Whether this Idempotency-Key was used before cannot be told: {ErrorSummary.FirstLineOf(exception)}. Nothing was kept.", exception);
        }
    }

    private async ValueTask<T> BoundAsync<TState, T>(
        Func<IIdempotencyStore, TState, CancellationToken, ValueTask<T>> ask, TState state, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(options.StoreTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, bound.Token);
        try
        {
            return await ask(store, state, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (bound.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The store did not answer within {options.StoreTimeout}.", exception);
        }
    }

    private IdempotencyException Refuse(IdempotencyFault fault, string message, Exception? cause = null)
    {
        counters.Count(fault);
        return new IdempotencyException(fault, message, cause);
    }
}
