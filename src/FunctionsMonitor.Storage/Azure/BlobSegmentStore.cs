using System.Buffers;
using Azure;
using Azure.Core.Pipeline;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.Storage.Azure;

/// <summary>
/// Segments as blobs, shared by all instances of an app. One request writes a segment, whole or not at all, and only if its name is free; one
/// reads it, one deletes it, one lists a thousand.
/// </summary>
/// <remarks>
/// The client library's retries are off: a retried write that was applied the first time meets its own blob. The buffer settles that itself, by
/// <see cref="ConfirmAsync"/>.
/// </remarks>
internal sealed class BlobSegmentStore : ISegmentStore
{
    /// <summary>Names that were given up and are being deleted.</summary>
    internal const int ForgottenAtOnce = 16;

    private const int CompareBytes = 64 * 1024;
    private readonly BlobContainerClient container;
    private readonly BlobQuarantine quarantine;
    private readonly BlobListing listing;
    private readonly TimeProvider time;
    private readonly TimeSpan timeout;
    private readonly bool spread;
    private int forgetting;

    /// <param name="options">Valid ones.</param>
    /// <param name="time">For the age of what was abandoned, and the wait for a copy.</param>
    /// <param name="transport">A test's own; null for the client library's.</param>
    public BlobSegmentStore(BlobSegmentStoreOptions options, TimeProvider time, HttpPipelineTransport? transport = null)
    {
        this.time = time;
        timeout = options.Timeout;
        spread = options.SpreadNames;
        container = AzureClients.Container(options, options.ContainerName, timeout, transport);
        quarantine = new(container, timeout, time);
        listing = new(container, timeout, ForgetIfOld);
    }

    public async ValueTask PutAsync(SegmentName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            await CreateAsync(BlobLayout.PathOf(name, spread), content, null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SegmentStoreException(
                BlobErrors.FaultOfWrite(exception), $"The segment could not be written: {BlobErrors.Describe(exception)}.", exception);
        }
    }

    public async ValueTask<bool> ConfirmAsync(SegmentName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        var path = BlobLayout.PathOf(name, spread);
        try
        {
            if (await IsThereAsync(path, content, cancellationToken).ConfigureAwait(false) is { } found)
                return found;

            // Not there, or not yet: the request may still be on its way, and whoever takes the name first decides. That it never was there
            // nobody can say: it may have come, and have been flushed by another instance, while its answer was waited for.
            try
            {
                var headers = new BlobHttpHeaders { ContentType = AbandonedName.ContentType };
                await CreateAsync(path, ReadOnlySequence<byte>.Empty, headers, cancellationToken).ConfigureAwait(false);
                throw Absent();
            }
            catch (RequestFailedException exception) when (BlobErrors.IsTaken(exception))
            {
                return await IsThereAsync(path, content, cancellationToken).ConfigureAwait(false) ?? throw new SegmentStoreException(
                    SegmentStoreFault.Unknown, "The segment's name was taken and is free again.", exception);
            }
        }
        catch (Exception exception) when (exception is not SegmentStoreException && !cancellationToken.IsCancellationRequested)
        {
            throw new SegmentStoreException(
                SegmentStoreFault.Unknown, $"The segment could not be looked for: {BlobErrors.Describe(exception)}.", exception);
        }
    }

    public IAsyncEnumerable<SegmentEntry> ListAsync(CancellationToken cancellationToken) => listing.ListAsync(cancellationToken);

    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string fileName, CancellationToken cancellationToken)
    {
        using var bound = cancellationToken.Within(timeout);
        foreach (var path in BlobLayout.PathsOf(fileName, spread))
        {
            try
            {
                var answer = await container.GetBlobClient(path).DownloadStreamingAsync(cancellationToken: bound.Token).ConfigureAwait(false);
                using var download = answer.Value;
                if (download.Details is { ContentLength: 0, ContentType: AbandonedName.ContentType })
                    continue;
                var bytes = GC.AllocateUninitializedArray<byte>(checked((int)download.Details.ContentLength));
                await download.Content.ReadExactlyAsync(bytes, bound.Token).ConfigureAwait(false);
                return bytes;
            }
            catch (RequestFailedException exception) when (BlobErrors.IsAbsent(exception))
            {
                // In its other place, or nowhere.
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw new SegmentStoreException(
                    SegmentStoreFault.Unknown, $"The blob {path} cannot be read: {BlobErrors.Describe(exception)}.", exception);
            }
        }

        return null;
    }

    public async ValueTask DeleteAsync(SegmentName name, CancellationToken cancellationToken)
    {
        using var bound = cancellationToken.Within(timeout);
        foreach (var path in BlobLayout.PathsOf(name.ToString(), spread))
        {
            try
            {
                await container.GetBlobClient(path).DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: bound.Token).ConfigureAwait(false);
                return;
            }
            catch (RequestFailedException exception) when (BlobErrors.IsAbsent(exception))
            {
                // In its other place, or gone, which is what was asked for.
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw new SegmentStoreException(
                    SegmentStoreFault.Unknown, $"The blob {path} cannot be deleted: {BlobErrors.Describe(exception)}.", exception);
            }
        }
    }

    public async ValueTask QuarantineAsync(string fileName, string reason, CancellationToken cancellationToken)
    {
        foreach (var path in BlobLayout.PathsOf(fileName, spread))
        {
            if (await quarantine.TryMoveAsync(path, fileName, reason, cancellationToken).ConfigureAwait(false))
                return;
        }

        // Another flusher was faster, or the name leads elsewhere: then every listing would show it again.
        if (await listing.IsListedAsync(fileName, spread, cancellationToken).ConfigureAwait(false))
            throw new SegmentStoreException(SegmentStoreFault.Unknown, $"The blob {fileName} is listed, and is not where its name leads to.");
    }

    public IAsyncEnumerable<QuarantinedSegment> ListQuarantineAsync(CancellationToken cancellationToken) => quarantine.ListAsync(cancellationToken);

    public async ValueTask ProbeAsync(CancellationToken cancellationToken)
    {
        using var bound = cancellationToken.Within(timeout);
        var path = $"probe/{Guid.NewGuid():N}";
        try
        {
            await CreateAsync(path, new ReadOnlySequence<byte>([0]), null, bound.Token).ConfigureAwait(false);
            await container.GetBlobClient(path).DeleteAsync(cancellationToken: bound.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SegmentStoreException(
                SegmentStoreFault.NotWritten, $"The container {container.Name} cannot be written: {BlobErrors.Describe(exception)}.", exception);
        }
    }

    /// <summary>Writes a new blob by one request, and one more around the first time for a container that is not there yet.</summary>
    private async ValueTask CreateAsync(string path, ReadOnlySequence<byte> content, BlobHttpHeaders? headers, CancellationToken cancellationToken)
    {
        using var bound = cancellationToken.Within(timeout);
        var options = new BlobUploadOptions
        {
            Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
            HttpHeaders = headers,

            // One request, which anything shorter than this is: in blocks a segment would cost three, and a crash in between would leave parts.
            TransferOptions = new StorageTransferOptions { InitialTransferSize = content.Length + 1 },
        };
        await container.WriteAsync(() => container.GetBlockBlobClient(path).UploadAsync(new SequenceStream(content), options, bound.Token), bound.Token).ConfigureAwait(false);
    }

    private static SegmentStoreException Absent() =>
        new(SegmentStoreFault.Unknown, "The segment is not there and never will be; whether it was, and was flushed meanwhile, cannot be told.");

    /// <returns>Whether exactly this is there; null when nothing is.</returns>
    /// <exception cref="SegmentStoreException">Its name was given up.</exception>
    private async ValueTask<bool?> IsThereAsync(string path, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        using var bound = cancellationToken.Within(timeout);
        try
        {
            var answer = await container.GetBlobClient(path).DownloadStreamingAsync(cancellationToken: bound.Token).ConfigureAwait(false);
            using var download = answer.Value;
            if (download.Details is { ContentLength: 0, ContentType: AbandonedName.ContentType })
                throw Absent();
            return download.Details.ContentLength == content.Length && await EqualsAsync(download.Content, content, bound.Token).ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (BlobErrors.IsAbsent(exception))
        {
            return null;
        }
    }

    private static async ValueTask<bool> EqualsAsync(Stream found, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CompareBytes);
        try
        {
            foreach (var part in content)
            {
                for (var left = part; left.Length > 0;)
                {
                    var read = await found.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, left.Length)), cancellationToken).ConfigureAwait(false);
                    if (read == 0 || !buffer.AsSpan(0, read).SequenceEqual(left.Span[..read]))
                        return false;
                    left = left[read..];
                }
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Nobody waits for it and nothing depends on it: the next listing meets what could not be deleted now, or was one too many.</summary>
    private void ForgetIfOld(BlobItem blob)
    {
        if (time.GetUtcNow() - blob.Properties.LastModified <= AbandonedName.KeptFor)
            return;
        if (Interlocked.Increment(ref forgetting) <= ForgottenAtOnce)
            _ = DeleteQuietlyAsync(blob.Name);
        else
            Interlocked.Decrement(ref forgetting);
    }

    private async Task DeleteQuietlyAsync(string path)
    {
        using var bound = CancellationToken.None.Within(timeout);
        try
        {
            await container.GetBlobClient(path).DeleteAsync(cancellationToken: bound.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // See above.
        }
        finally
        {
            Interlocked.Decrement(ref forgetting);
        }
    }
}
