using System.Collections.Concurrent;
using System.Text.Json;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.DeadLetters;

/// <summary>
/// Puts dead letters back through validation and the buffer, with the identity they had: replaying one twice, or one that was stored since,
/// is a duplicate and harmless. A replayed dead letter stays in the list, marked, until it expires or is discarded.
/// </summary>
public sealed class DeadLetterReplayer
{
    private const string ByFilter = "A set of dead letters";
    private readonly EventIngestor ingestor;
    private readonly MetricsReader store;
    private readonly StorePipelines pipelines;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<DeadLetterId, bool> running = [];
    private readonly Lock gate = new();
    private DeadLetterReplay? byFilter;
    private DeadLetterReplay? last;

    internal DeadLetterReplayer(EventIngestor ingestor, MetricsReader store, StorePipelines pipelines, TimeProvider time)
    {
        this.ingestor = ingestor;
        this.store = store;
        this.pipelines = pipelines;
        this.time = time;
    }

    /// <summary>The replay by filter that runs on this instance, else its last one; null when there was none. Dry runs are none.</summary>
    public ReplayProgress? Progress
    {
        get
        {
            lock (gate)
                return last?.Progress;
        }
    }

    /// <returns>Null when there is no such dead letter.</returns>
    /// <exception cref="ReplayInProgressException">It is being replayed now.</exception>
    public async ValueTask<ReplayResult?> ReplayAsync(DeadLetterId id, CancellationToken cancellationToken)
    {
        if (!running.TryAdd(id, true))
            throw new ReplayInProgressException($"Dead letter {id}");

        try
        {
            return await store.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } letter
                ? await ReplayAsync(letter, cancellationToken).ConfigureAwait(false)
                : null;
        }
        finally
        {
            running.TryRemove(id, out _);
        }
    }

    /// <summary>Replays what fits the filter and was never replayed (unless the filter asks for those), oldest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="options">How many and how fast.</param>
    /// <param name="cancellationToken">The caller has left; what was replayed until then stays replayed.</param>
    /// <param name="target">The filter in words, for <see cref="Progress"/>.</param>
    /// <exception cref="ReplayInProgressException">Another replay by filter runs on this instance.</exception>
    public async ValueTask<ReplayReport> ReplayAsync(
        DeadLetterFilter filter, ReplayOptions options, CancellationToken cancellationToken, string target = "dead letters")
    {
        var replay = new DeadLetterReplay(filter, options, target, store, pipelines.Write, ReplayAsync, time);
        lock (gate)
        {
            if (byFilter is not null)
            {
                replay.Dispose();
                throw new ReplayInProgressException(ByFilter);
            }

            byFilter = replay;
            if (!options.DryRun)
                last = replay;
        }

        try
        {
            return await replay.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (gate)
            {
                byFilter = null;
                replay.Dispose();
            }
        }
    }

    /// <summary>Ends the replay by filter that runs on this instance, before its next dead letter.</summary>
    /// <returns>How far it was; null when none runs.</returns>
    public ReplayProgress? Cancel()
    {
        lock (gate)
        {
            byFilter?.Cancel();
            return byFilter?.Progress;
        }
    }

    private async ValueTask<ReplayResult> ReplayAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        ingestor.ThrowIfOverCap();
        using var intake = ingestor.NewIntake();
        intake.AddReplay(letter.Event, WriteEnvelope(letter.Event));
        var result = await ingestor.CommitAsync(intake).ConfigureAwait(false);
        if (result.SegmentId is null)
            return new ReplayResult(false, null, [.. result.Errors.Select(error => error.Message)]);

        // Only now that it is durable again. A crash before this line lets it be replayed once more, which is a duplicate.
        await store.MarkReplayedAsync(letter.Id, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        return new ReplayResult(true, result.SegmentId, []);
    }

    /// <summary>The event as a client would send it, for the validation to look at; what is kept are the original bytes.</summary>
    private static byte[] WriteEnvelope(StoredEvent item)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("event_id"u8, item.Key.Id);
            writer.WriteString("event_type"u8, item.Type);
            writer.WriteString("timestamp"u8, EventTime.FromMicroseconds(item.Key.Timestamp));
            writer.WriteString("source"u8, item.Source);
            WriteRaw(writer, "data", item.Data);
            WriteRaw(writer, "metadata", item.Metadata);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteRaw(Utf8JsonWriter writer, string name, ReadOnlyMemory<byte>? json)
    {
        if (json is not { } bytes)
            return;

        writer.WritePropertyName(name);
        writer.WriteRawValue(bytes.Span, skipInputValidation: true);
    }
}
