using System.Runtime.CompilerServices;
using FunctionsMonitor.Buffering;
using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Flushing;

/// <summary>Reads segments for the flush and puts aside what cannot be read.</summary>
internal sealed class SegmentSource(ISegmentStore store, ILogger<SegmentSource> logger)
{
    private readonly Lock gate = new();
    private volatile IReadOnlyList<string> newerFormat = [];

    /// <summary>Segments that a newer version of this program wrote, as seen by the last flush: they stay until it runs again.</summary>
    public IReadOnlyList<string> NewerFormat => newerFormat;

    /// <summary>
    /// What one listing shows, oldest first, without those to pass over, in pages of at most <paramref name="limit"/>. To list anew for each page
    /// would cost a folder of a million files a thousand listings.
    /// </summary>
    public async IAsyncEnumerable<List<SegmentEntry>> ListAsync(
        IReadOnlySet<string> passOver, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = new List<SegmentEntry>();
        await foreach (var entry in store.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (passOver.Count > 0 && passOver.Contains(entry.FileName))
                continue;

            page.Add(entry);
            if (page.Count < limit)
                continue;

            yield return page;
            page = [];
        }

        if (page.Count > 0)
            yield return page;
    }

    /// <summary>
    /// Reads one; several may be read at once. A wrong checksum is believed when a second read says so too; then, as with anything that is no segment, the bytes go to
    /// quarantine.
    /// </summary>
    public async ValueTask<SegmentReading> ReadAsync(SegmentEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Name is null)
            return await QuarantineAsync(entry, "The file name is not a segment's.", cancellationToken).ConfigureAwait(false);

        for (var attempt = 1; ; attempt++)
        {
            if (await store.ReadAsync(entry.FileName, cancellationToken).ConfigureAwait(false) is not { } bytes)
                return SegmentReading.Gone;

            try
            {
                return new(SegmentCodec.Decode(bytes, entry.Name), SegmentReadingKind.Read);
            }
            catch (SegmentFormatException exception) when (exception.Fault == SegmentFormatFault.NewerVersion)
            {
                lock (gate)
                    newerFormat = [.. newerFormat.Where(name => name != entry.FileName), entry.FileName];
                Log.NewerFormat(logger, entry.FileName, exception.Message);
                return new(null, SegmentReadingKind.NewerFormat);
            }
            catch (SegmentFormatException exception)
            {
                if (attempt == 2)
                    return await QuarantineAsync(entry, $"{exception.Fault}: {exception.Message}", cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public void ForgetNewerFormat() => newerFormat = [];

    private async ValueTask<SegmentReading> QuarantineAsync(SegmentEntry entry, string reason, CancellationToken cancellationToken)
    {
        await store.QuarantineAsync(entry.FileName, reason, cancellationToken).ConfigureAwait(false);
        Log.Quarantined(logger, entry.FileName, reason);
        return new(null, SegmentReadingKind.Quarantined);
    }
}
