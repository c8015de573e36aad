using System.Runtime.CompilerServices;
using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.Flushing;

/// <summary>
/// Reads segments while those before them are being written: several at once, handed out in their order. What lies read and not yet taken is
/// bounded in bytes, so the memory of a flush does not depend on the backlog.
/// </summary>
/// <param name="source">Reads one.</param>
/// <param name="maxBytes">Of segments read and not yet taken, unless a single one has more.</param>
internal sealed class SegmentReadAhead(SegmentSource source, long maxBytes)
{
    /// <summary>A folder gains nothing by more; a blob takes some 10 ms each, whatever its size.</summary>
    private const int MaxAtOnce = 16;

    /// <summary>All entries in their order. One that could not be read comes as its error; the others go on.</summary>
    public async IAsyncEnumerable<(SegmentEntry Entry, Task<SegmentReading> Reading)> ReadAsync(
        IReadOnlyList<SegmentEntry> entries, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ahead = new Queue<(SegmentEntry Entry, Task<SegmentReading> Reading)>();
        long bytes = 0;
        var next = 0;
        try
        {
            while (true)
            {
                while (next < entries.Count && (ahead.Count == 0 || (ahead.Count < MaxAtOnce && bytes + entries[next].Bytes <= maxBytes)))
                {
                    var entry = entries[next++];
                    bytes += entry.Bytes;
                    // On a thread of its own: a folder's reads, and the checksums of all, are work and not waiting.
                    ahead.Enqueue((entry, Task.Run(() => source.ReadAsync(entry, stop.Token).AsTask(), stop.Token)));
                }

                if (!ahead.TryDequeue(out var first))
                    yield break;

                bytes -= first.Entry.Bytes;
                await ((Task)first.Reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                yield return first;
            }
        }
        finally
        {
            // Nothing reads, or moves anything to quarantine, behind the back of whoever has gone on.
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(ahead.Select(item => item.Reading))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
