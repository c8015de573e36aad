using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.Storage.Azure;

/// <summary>
/// Lists segments oldest first, page by page and never further than the reader goes: who wants the oldest thousand pays for one request,
/// however many wait behind them. Names of different prefixes are merged as their pages come.
/// </summary>
internal sealed class BlobListing(BlobContainerClient container, TimeSpan timeout, Action<BlobItem> onAbandoned)
{
    /// <summary>The first page is what a flush takes at once.</summary>
    private const int HeadPage = 1000;

    /// <summary>Who reads on wants all of it: the most that one request gives.</summary>
    private const int FullPage = 5000;

    public async IAsyncEnumerable<SegmentEntry> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (head, next) = await PageAsync(BlobLayout.Segments, null, HeadPage, cancellationToken).ConfigureAwait(false);
        SegmentName? last = null;
        await foreach (var entry in (await AllAsync(head, next, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false))
        {
            // A segment that lies in both of its places is one segment.
            if (entry.Name is null || entry.Name != last)
                yield return entry;
            last = entry.Name;
        }
    }

    /// <summary>Whether a listing would show it now. What begins with a name is listed after what has that name and no more, so one blob tells.</summary>
    public async ValueTask<bool> IsListedAsync(string fileName, bool spread, CancellationToken cancellationToken)
    {
        foreach (var path in BlobLayout.PathsOf(fileName, spread).Append(BlobLayout.Segments + fileName).Distinct())
        {
            var (entries, _) = await PageAsync(path, null, 1, cancellationToken).ConfigureAwait(false);
            if (entries.Any(entry => entry.FileName == fileName))
                return true;
        }

        return false;
    }

    private async ValueTask<IAsyncEnumerable<SegmentEntry>> AllAsync(List<SegmentEntry> head, string? next, CancellationToken cancellationToken)
    {
        if (next is null)
        {
            // Mostly this is everything there is, whatever prefixes it has.
            head.Sort(SegmentEntry.ByName);
            return ContinueAsync(head, BlobLayout.Segments, null, cancellationToken);
        }

        var (prefixes, loose) = await PrefixesAsync(cancellationToken).ConfigureAwait(false);
        return prefixes.Count == 1 && loose.Count == 0
            ? ContinueAsync(head, BlobLayout.Segments, next, cancellationToken)
            : MergeAsync(prefixes, loose, cancellationToken);
    }

    private async IAsyncEnumerable<SegmentEntry> ContinueAsync(
        List<SegmentEntry> page, string prefix, string? next, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            foreach (var entry in page)
                yield return entry;
            if (next is null)
                yield break;
            (page, next) = await PageAsync(prefix, next, FullPage, cancellationToken).ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<SegmentEntry> MergeAsync(
        IReadOnlyList<string> prefixes, List<SegmentEntry> loose, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var heads = await Task.WhenAll(prefixes.Select(prefix => PageAsync(prefix, null, 2 * HeadPage / prefixes.Count, cancellationToken).AsTask())).ConfigureAwait(false);
        var runs = heads.Select((head, i) => ContinueAsync(head.Entries, prefixes[i], head.Next, cancellationToken))
            .Append(ContinueAsync(loose, "", null, cancellationToken))
            .Select(run => run.GetAsyncEnumerator(cancellationToken)).ToList();
        try
        {
            var queue = new PriorityQueue<IAsyncEnumerator<SegmentEntry>, SegmentEntry>(SegmentEntry.ByName);
            foreach (var run in runs)
            {
                if (await run.MoveNextAsync().ConfigureAwait(false))
                    queue.Enqueue(run, run.Current);
            }

            while (queue.TryDequeue(out var run, out _))
            {
                yield return run.Current;
                if (await run.MoveNextAsync().ConfigureAwait(false))
                    queue.Enqueue(run, run.Current);
            }
        }
        finally
        {
            foreach (var run in runs)
                await run.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<(List<SegmentEntry> Entries, string? Next)> PageAsync(string prefix, string? from, int size, CancellationToken cancellationToken)
    {
        var entries = new List<SegmentEntry>();
        var options = new GetBlobsOptions { Prefix = prefix };
        var next = await FirstPageAsync(container.GetBlobsAsync(options, cancellationToken), from, size, Add, cancellationToken).ConfigureAwait(false);
        return (entries, next);

        void Add(BlobItem blob)
        {
            if (AbandonedName.Is(blob))
                onAbandoned(blob);
            else
                entries.Add(BlobLayout.EntryOf(blob.Name, blob.Properties.ContentLength ?? 0));
        }
    }

    private async ValueTask<(List<string> Prefixes, List<SegmentEntry> Loose)> PrefixesAsync(CancellationToken cancellationToken)
    {
        var prefixes = new List<string>();
        var loose = new List<SegmentEntry>();
        var options = new GetBlobsByHierarchyOptions { Prefix = BlobLayout.Segments, Delimiter = "/" };
        string? next = null;
        do
        {
            next = await FirstPageAsync(container.GetBlobsByHierarchyAsync(options, cancellationToken), next, FullPage, Add, cancellationToken).ConfigureAwait(false);
        }
        while (next is not null);
        return (prefixes, loose);

        void Add(BlobHierarchyItem item)
        {
            if (item.IsPrefix)
                prefixes.Add(item.Prefix);
            else
                loose.Add(BlobLayout.EntryOf(item.Blob.Name, item.Blob.Properties.ContentLength ?? 0));
        }
    }

    /// <summary>One request.</summary>
    /// <returns>Where to go on; null when that was all.</returns>
    private async ValueTask<string?> FirstPageAsync<T>(
        AsyncPageable<T> items, string? from, int size, Action<T> add, CancellationToken cancellationToken) where T : notnull
    {
        using var bound = cancellationToken.Within(timeout);
        try
        {
            await foreach (var page in items.AsPages(from, size).WithCancellation(bound.Token).ConfigureAwait(false))
            {
                foreach (var item in page.Values)
                    add(item);
                return string.IsNullOrEmpty(page.ContinuationToken) ? null : page.ContinuationToken;
            }

            return null;
        }
        catch (RequestFailedException exception) when (BlobErrors.IsAbsent(exception))
        {
            // A container that nobody has written to yet.
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SegmentStoreException(
                SegmentStoreFault.Unknown, $"The container {container.Name} cannot be listed: {BlobErrors.Describe(exception)}.", exception);
        }
    }
}
