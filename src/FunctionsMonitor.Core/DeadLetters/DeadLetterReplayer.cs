using System.Collections.Concurrent;
using System.Text.Json;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.DeadLetters;

/// <summary>
/// Puts dead letters back through validation and the buffer, with the identity they had: replaying one twice, or one that was stored since,
/// is a duplicate and harmless. A replayed dead letter stays in the list, marked, until it expires or is discarded.
/// </summary>
public sealed class DeadLetterReplayer(EventIngestor ingestor, MetricsReader store, TimeProvider time)
{
    private const int PageSize = 100;
    private const string ByFilter = "A set of dead letters";
    private readonly ConcurrentDictionary<DeadLetterId, bool> running = [];
    private int runningByFilter;

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
    /// <exception cref="ReplayInProgressException">Another replay by filter runs on this instance.</exception>
    public async ValueTask<ReplayReport> ReplayAsync(DeadLetterFilter filter, ReplayOptions options, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref runningByFilter, 1) == 1)
            throw new ReplayInProgressException(ByFilter);

        try
        {
            filter = filter with { Replayed = filter.Replayed ?? false };
            var byReason = await store.CountByReasonAsync(filter, cancellationToken).ConfigureAwait(false);
            var matched = byReason.Values.Sum();
            if (options.DryRun)
                return new ReplayReport(true, matched, byReason, 0, 0, matched);

            var (replayed, refused) = await ReplayPagesAsync(filter, options, cancellationToken).ConfigureAwait(false);
            return new ReplayReport(false, matched, byReason, replayed, refused, Math.Max(0, matched - replayed - refused));
        }
        finally
        {
            Volatile.Write(ref runningByFilter, 0);
        }
    }

    private async ValueTask<(int Replayed, int Refused)> ReplayPagesAsync(
        DeadLetterFilter filter, ReplayOptions options, CancellationToken cancellationToken)
    {
        int replayed = 0, refused = 0;
        DeadLetterId? after = null;
        var started = time.GetTimestamp();
        while (replayed + refused < options.Limit)
        {
            var limit = Math.Min(PageSize, options.Limit - replayed - refused);
            var page = await store.ListAsync(filter, after, limit, cancellationToken).ConfigureAwait(false);
            foreach (var letter in page)
            {
                var due = TimeSpan.FromSeconds((double)(replayed + refused) / options.RatePerSecond) - time.GetElapsedTime(started);
                if (due > TimeSpan.Zero)
                    await Task.Delay(due, time, cancellationToken).ConfigureAwait(false);

                if ((await ReplayAsync(letter, cancellationToken).ConfigureAwait(false)).Replayed)
                    replayed++;
                else
                    refused++;
                after = letter.Id;
            }

            if (page.Count < limit)
                break;
        }

        return (replayed, refused);
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
