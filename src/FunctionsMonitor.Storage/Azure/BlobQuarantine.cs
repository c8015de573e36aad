using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.Storage.Azure;

/// <summary>
/// What could not be read: <c>quarantine/{file name}/{version}</c>, copied by the service and then deleted where it was. The version is the blob's
/// ETag, so a move that was cut off is finished by the next one, and another blob of the same name has a place of its own.
/// </summary>
internal sealed class BlobQuarantine(BlobContainerClient container, TimeSpan timeout, TimeProvider time)
{
    private const string ReasonKey = "reason";
    private const string UnknownReason = "unknown";

    /// <summary>Of a metadata value, which is a header.</summary>
    private const int MaxReasonCharacters = 300;

    private static readonly TimeSpan CopyPoll = TimeSpan.FromMilliseconds(200);

    /// <returns>False when there is nothing at that place.</returns>
    public async ValueTask<bool> TryMoveAsync(string path, string fileName, string reason, CancellationToken cancellationToken)
    {
        using var bound = cancellationToken.Within(timeout);
        try
        {
            return await MoveAsync(path, fileName, reason, bound.Token).ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (BlobErrors.IsAbsent(exception))
        {
            return false;
        }
        catch (Exception exception) when (exception is not SegmentStoreException && !cancellationToken.IsCancellationRequested)
        {
            throw new SegmentStoreException(
                SegmentStoreFault.Unknown, $"The blob {path} cannot be moved to quarantine: {BlobErrors.Describe(exception)}.", exception);
        }
    }

    /// <summary>In memory, and then by time: a quarantine that is large has other troubles.</summary>
    public async IAsyncEnumerable<QuarantinedSegment> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var segment in (await ReadAllAsync(cancellationToken).ConfigureAwait(false)).OrderBy(segment => segment.QuarantinedAt))
            yield return segment;
    }

    private async ValueTask<bool> MoveAsync(string path, string fileName, string reason, CancellationToken cancellationToken)
    {
        var source = container.GetBlobClient(path);
        var seen = (await source.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
        var target = container.GetBlobClient($"{BlobLayout.Quarantine}{fileName}/{VersionOf(seen.ETag)}");
        try
        {
            await target.StartCopyFromUriAsync(
                source.Uri,
                new BlobCopyFromUriOptions
                {
                    Metadata = new Dictionary<string, string> { [ReasonKey] = Uri.EscapeDataString(Shortened(reason)) },
                    SourceConditions = new BlobRequestConditions { IfMatch = seen.ETag },
                    DestinationConditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (BlobErrors.IsTaken(exception))
        {
            // An earlier move of this version was cut off.
        }

        await CopiedAsync(target, seen.ContentLength, cancellationToken).ConfigureAwait(false);
        try
        {
            await source.DeleteAsync(
                DeleteSnapshotsOption.IncludeSnapshots, new BlobRequestConditions { IfMatch = seen.ETag }, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (BlobErrors.IsTaken(exception) || BlobErrors.IsAbsent(exception))
        {
            // Gone, or replaced since: then it is for the next flush to look at.
        }

        return true;
    }

    /// <summary>Within an account the service is done at once as a rule, but it promises only to begin.</summary>
    private async ValueTask CopiedAsync(BlobClient target, long bytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var copy = (await target.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
            if (copy.BlobCopyStatus != CopyStatus.Pending)
            {
                if (copy.BlobCopyStatus is null or CopyStatus.Success && copy.ContentLength == bytes)
                    return;

                // The next move begins anew.
                await target.DeleteAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
                throw new SegmentStoreException(SegmentStoreFault.Unknown, $"The copy to {target.Name} ended as {copy.BlobCopyStatus}: {copy.CopyStatusDescription}");
            }

            await Task.Delay(CopyPoll, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<List<QuarantinedSegment>> ReadAllAsync(CancellationToken cancellationToken)
    {
        var found = new List<QuarantinedSegment>();
        var options = new GetBlobsOptions { Prefix = BlobLayout.Quarantine, Traits = BlobTraits.Metadata };
        try
        {
            // Each request is bounded by the client's network timeout; all of them together have no bound but the caller's.
            await foreach (var blob in container.GetBlobsAsync(options, cancellationToken).ConfigureAwait(false))
            {
                var end = blob.Name.LastIndexOf('/');
                if (end < BlobLayout.Quarantine.Length)
                    continue;

                var fileName = blob.Name[BlobLayout.Quarantine.Length..end];
                var reason = blob.Metadata.TryGetValue(ReasonKey, out var text) ? Uri.UnescapeDataString(text) : UnknownReason;
                found.Add(new(
                    fileName, SegmentName.TryParse(fileName, out var name) ? name : null, blob.Properties.ContentLength ?? 0, reason,
                    blob.Properties.LastModified ?? DateTimeOffset.UnixEpoch));
            }
        }
        catch (RequestFailedException exception) when (BlobErrors.IsAbsent(exception))
        {
            // A container that nobody has written to yet.
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SegmentStoreException(
                SegmentStoreFault.Unknown, $"The quarantine in {container.Name} cannot be listed: {BlobErrors.Describe(exception)}.", exception);
        }

        return found;
    }

    private static string VersionOf(ETag tag) => string.Concat(tag.ToString().Where(char.IsAsciiLetterOrDigit));

    private static string Shortened(string reason) => reason.Length <= MaxReasonCharacters ? reason : reason[..MaxReasonCharacters];
}
