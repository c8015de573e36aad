using System.Text.Json;
using FunctionsMonitor.Resilience;

namespace FunctionsMonitor.Flags.AppConfiguration;

/// <summary>This instance's dealings with the copy that all instances share. Its store may be down or slow: that shows, and holds nothing up for long.</summary>
/// <param name="store">Where it is.</param>
/// <param name="origin">Of which App Configuration store and label ours is.</param>
/// <param name="maxWait">How long one dealing is waited for.</param>
/// <param name="time">Clock of the wait and of the age.</param>
internal sealed class LastKnownGoodCopy(ILastKnownGoodStore store, string origin, TimeSpan maxWait, TimeProvider time)
{
    private Task<LastKnownGood?>? reading;
    private Task writing = Task.CompletedTask;
    private bool wasRead;
    private LastKnownGood? stored;
    private volatile string? readProblem;
    private volatile string? writeProblem;

    /// <summary>What is wrong with it, in words; null when nothing is.</summary>
    public string? Problem => readProblem ?? writeProblem;

    /// <summary>The copy, the first time that it can be read; null ever after, and when there is none.</summary>
    public async ValueTask<LastKnownGood?> ReadOnceAsync(CancellationToken cancellationToken)
    {
        if (wasRead)
            return null;

        reading ??= ReadAsync();
        if (!await reading.EndsWithinAsync(maxWait, time, cancellationToken).ConfigureAwait(false))
        {
            readProblem = "the shared copy of its last good answer was not read in time";
            return null;
        }

        // A reading that failed is begun again the next time: an unreadable one counts as read, and is written anew.
        stored = await reading.ConfigureAwait(false);
        reading = null;
        wasRead = readProblem is null;
        return stored;
    }

    /// <summary>Writes the copy, if it would say something else or has grown old. Never before it was read: it may hold the good value of a flag that is bad now.</summary>
    public async ValueTask KeepAsync(IReadOnlyList<RemoteSetting> settings, DateTimeOffset answeredAt, CancellationToken cancellationToken)
    {
        var isNew = stored is null || !stored.Settings.SequenceEqual(settings) || answeredAt - stored.AnsweredAt >= LastKnownGood.MaxAge;
        if (wasRead && writing.IsCompleted && isNew)
            writing = WriteAsync(new(origin, answeredAt, settings));
        await writing.EndsWithinAsync(maxWait, time, cancellationToken).ConfigureAwait(false);
    }

    private async Task<LastKnownGood?> ReadAsync()
    {
        try
        {
            var content = await store.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            readProblem = null;
            return content is { } bytes && LastKnownGood.Decode(bytes.Span) is { } copy && copy.Origin == origin ? copy : null;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (Exception exception)
        {
            readProblem = $"the shared copy of its last good answer cannot be read ({ErrorSummary.Of(exception)})";
            return null;
        }
    }

    private async Task WriteAsync(LastKnownGood next)
    {
        try
        {
            await store.WriteAsync(next.Encode(), CancellationToken.None).ConfigureAwait(false);
            stored = next;
            writeProblem = null;
        }
        catch (Exception exception)
        {
            writeProblem = $"the shared copy of its last good answer cannot be written ({ErrorSummary.Of(exception)})";
        }
    }
}
