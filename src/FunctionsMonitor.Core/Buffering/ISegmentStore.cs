using System.Buffers;

namespace FunctionsMonitor.Buffering;

/// <summary>Where segments wait to be flushed: a folder, or a blob container. What <see cref="PutAsync"/> has returned for is durable.</summary>
/// <remarks>Listing and reading throw <see cref="SegmentStoreException"/> too when the store does not answer.</remarks>
public interface ISegmentStore
{
    /// <summary>Writes a whole new segment durably.</summary>
    /// <exception cref="SegmentStoreException">
    /// <see cref="SegmentStoreFault.NotWritten"/>: certainly not there, and never will be. <see cref="SegmentStoreFault.Unknown"/>: it may be there.
    /// </exception>
    ValueTask PutAsync(SegmentName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken);

    /// <summary>
    /// Settles an unknown <see cref="PutAsync"/>: true when the segment is durable under that name with exactly this content, false when it
    /// is certainly absent and always was.
    /// </summary>
    /// <exception cref="SegmentStoreException">Still unknown; also when it is absent, but may have been there and been flushed by another process.</exception>
    ValueTask<bool> ConfirmAsync(SegmentName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken);

    /// <summary>Everything in the buffer, by name, so oldest first; files that are not segments come with no <see cref="SegmentEntry.Name"/>.</summary>
    IAsyncEnumerable<SegmentEntry> ListAsync(CancellationToken cancellationToken);

    /// <summary>The same in any order, for who only adds up: a folder is looked through once and nothing of it is held.</summary>
    IAsyncEnumerable<SegmentEntry> ScanAsync(CancellationToken cancellationToken) => ListAsync(cancellationToken);

    /// <summary>The bytes of one entry; null when it is no longer there (another flusher was faster).</summary>
    ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string fileName, CancellationToken cancellationToken);

    /// <summary>Deleting what is not there is no error.</summary>
    ValueTask DeleteAsync(SegmentName name, CancellationToken cancellationToken);

    /// <summary>Moves an entry out of the buffer, bytes and all, with the reason beside it. Nothing to move is no error (another flusher was faster).</summary>
    /// <exception cref="SegmentStoreException">It could not be moved, or it is listed and cannot be found.</exception>
    ValueTask QuarantineAsync(string fileName, string reason, CancellationToken cancellationToken);

    /// <summary>What was quarantined, oldest first.</summary>
    IAsyncEnumerable<QuarantinedSegment> ListQuarantineAsync(CancellationToken cancellationToken);

    /// <summary>Writes and removes something small: returns when the store can be written, throws when not.</summary>
    /// <exception cref="SegmentStoreException">The store cannot be written now.</exception>
    ValueTask ProbeAsync(CancellationToken cancellationToken);
}
