using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.Storage.Files;

/// <summary>
/// Segments as files: written under a temporary name, synced, renamed, and the folder synced, in this order. Before the rename a crash
/// leaves nothing that a listing shows; after the folder's sync nothing can take the segment away.
/// </summary>
internal sealed class FolderSegmentStore : ISegmentStore
{
    private const string TemporaryExtension = ".tmp";
    private const string ReasonExtension = ".reason";

    /// <summary>A temporary file of this age belongs to nobody any more: no write takes so long.</summary>
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);

    private readonly IFileSystem files;
    private readonly TimeProvider time;
    private readonly string segments;
    private readonly string quarantine;
    private volatile bool ready;

    public FolderSegmentStore(IFileSystem files, string dataPath, TimeProvider time)
    {
        this.files = files;
        this.time = time;
        segments = Path.Combine(dataPath, "segments");
        quarantine = Path.Combine(dataPath, "quarantine");
    }

    /// <summary>
    /// Files that a listing has in memory at once, 120 bytes each. Of more it looks through the folder once for each such part: a flush must not need
    /// more memory for a larger backlog.
    /// </summary>
    internal int ListedAtOnce { get; init; } = 25_000;

    public ValueTask PutAsync(SegmentName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        var final = Path.Combine(segments, name.ToString());
        var temporary = final + TemporaryExtension;
        try
        {
            EnsureFolders();
            files.WriteSynced(temporary, content);
        }
        catch (Exception exception) when (IsFileError(exception))
        {
            ready = false;
            TryDelete(temporary);
            throw new SegmentStoreException(SegmentStoreFault.NotWritten, $"The segment could not be written: {exception.Message}", exception);
        }

        try
        {
            files.Rename(temporary, final);
            files.SyncFolder(segments);
        }
        catch (Exception exception) when (IsFileError(exception))
        {
            throw new SegmentStoreException(SegmentStoreFault.Unknown, $"The segment could not be named durably: {exception.Message}", exception);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> ConfirmAsync(SegmentName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        var final = Path.Combine(segments, name.ToString());
        var temporary = final + TemporaryExtension;
        try
        {
            if (files.Read(final) is not { } found)
            {
                // Only the rename takes the temporary file away. If that is gone too, the segment had its name, and a flush of this process or
                // another one has stored and deleted it before anybody looked.
                if (files.Read(temporary) is null)
                    throw new SegmentStoreException(SegmentStoreFault.Unknown, "The segment was there and is not any more; a flush may have stored it.");

                // Not renamed. The temporary file must go before this may be called absent: nothing else would ever rename it, but a name that
                // was not synced could still come back.
                files.Delete(temporary);
                files.SyncFolder(segments);
                return ValueTask.FromResult(false);
            }

            files.SyncFolder(segments);
            return ValueTask.FromResult(found.AsSpan().SequenceEqual(content.ToArray()));
        }
        catch (Exception exception) when (IsFileError(exception))
        {
            throw new SegmentStoreException(SegmentStoreFault.Unknown, exception.Message, exception);
        }
    }

    public async IAsyncEnumerable<SegmentEntry> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        SegmentEntry? after = null;
        while (true)
        {
            var next = ListOldest(after, cancellationToken);
            foreach (var entry in next)
                yield return entry;
            if (next.Count < ListedAtOnce)
                break;

            after = next.Max;
        }

        await ValueTask.CompletedTask.ConfigureAwait(false);
    }

    public IAsyncEnumerable<SegmentEntry> ScanAsync(CancellationToken cancellationToken) => Scan(cancellationToken).ToAsyncEnumerable();

    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string fileName, CancellationToken cancellationToken)
    {
        if (Read(Path.Combine(segments, fileName)) is { } bytes)
            return ValueTask.FromResult<ReadOnlyMemory<byte>?>(bytes);

        return ValueTask.FromResult<ReadOnlyMemory<byte>?>(null);
    }

    public ValueTask DeleteAsync(SegmentName name, CancellationToken cancellationToken)
    {
        // Not synced: a segment that comes back after a power cut is known by its row, and is deleted again.
        files.Delete(Path.Combine(segments, name.ToString()));
        return ValueTask.CompletedTask;
    }

    public ValueTask QuarantineAsync(string fileName, string reason, CancellationToken cancellationToken)
    {
        files.EnsureFolder(quarantine);
        var stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfffffff", CultureInfo.InvariantCulture);
        var target = Path.Combine(quarantine, $"{stamp}_{fileName}");
        files.WriteSynced(target + ReasonExtension, new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(reason)));
        try
        {
            files.Rename(Path.Combine(segments, fileName), target);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // Another flusher was faster.
            files.Delete(target + ReasonExtension);
            return ValueTask.CompletedTask;
        }
        catch (Exception exception) when (IsFileError(exception))
        {
            // The next flush tries again, and must not leave another reason for nothing each time.
            TryDelete(target + ReasonExtension);
            throw;
        }

        files.SyncFolder(quarantine);
        files.SyncFolder(segments);
        return ValueTask.CompletedTask;
    }

    public async IAsyncEnumerable<QuarantinedSegment> ListQuarantineAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (name, bytes) in List(quarantine, static (name, bytes, _) => (Name: name.ToString(), bytes)).OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var split = name.IndexOf('_', StringComparison.Ordinal);
            if (split < 0 || name.EndsWith(ReasonExtension, StringComparison.Ordinal)
                || !DateTimeOffset.TryParseExact(
                    name.AsSpan(0, split), "yyyyMMdd'T'HHmmssfffffff", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
                continue;

            var original = name[(split + 1)..];
            var reason = Read(Path.Combine(quarantine, name + ReasonExtension)) is { } text ? Encoding.UTF8.GetString(text) : "unknown";
            yield return new(original, SegmentName.TryParse(original, out var parsed) ? parsed : null, bytes, reason, at);
        }

        await ValueTask.CompletedTask.ConfigureAwait(false);
    }

    public ValueTask ProbeAsync(CancellationToken cancellationToken)
    {
        var probe = Path.Combine(segments, $"probe-{Guid.NewGuid():N}{TemporaryExtension}");
        try
        {
            EnsureFolders();
            files.WriteSynced(probe, new ReadOnlySequence<byte>([0]));
            files.Delete(probe);
            return ValueTask.CompletedTask;
        }
        catch (Exception exception) when (IsFileError(exception))
        {
            ready = false;
            TryDelete(probe);
            throw new SegmentStoreException(SegmentStoreFault.NotWritten, $"The folder {segments} cannot be written: {exception.Message}", exception);
        }
    }

    private static bool IsFileError(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>The first files after that one, in order, at most <see cref="ListedAtOnce"/>.</summary>
    private SortedSet<SegmentEntry> ListOldest(SegmentEntry? after, CancellationToken cancellationToken)
    {
        var order = SegmentEntry.ByName;
        var oldest = new SortedSet<SegmentEntry>(order);
        SegmentEntry last = default;
        foreach (var entry in Scan(cancellationToken))
        {
            if ((after is { } before && order.Compare(entry, before) <= 0) || (oldest.Count == ListedAtOnce && order.Compare(entry, last) >= 0))
                continue;

            oldest.Add(entry);
            if (oldest.Count > ListedAtOnce)
                oldest.Remove(last);
            if (oldest.Count == ListedAtOnce)
                last = oldest.Max;
        }

        return oldest;
    }

    /// <summary>Everything but what is still being written; what is left of a write that nobody is at any more is removed.</summary>
    private IEnumerable<SegmentEntry> Scan(CancellationToken cancellationToken)
    {
        foreach (var (entry, modifiedAt) in List(segments, static (name, bytes, modifiedAt) => (SegmentEntry.Of(name, bytes), modifiedAt)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.Name is not null || !entry.FileName.EndsWith(TemporaryExtension, StringComparison.Ordinal))
                yield return entry;
            else if (time.GetUtcNow() - modifiedAt > AbandonedAfter)
                TryDelete(Path.Combine(segments, entry.FileName));
        }
    }

    /// <summary>What a sick disk says comes out in this store's own words, wherever it says it.</summary>
    private IEnumerable<T> List<T>(string folder, FoundFile<T> make)
    {
        using var found = Look(() => files.List(folder, make).GetEnumerator());
        Func<bool> next = found.MoveNext;
        while (Look(next))
            yield return found.Current;

        TResult Look<TResult>(Func<TResult> look)
        {
            try
            {
                return look();
            }
            catch (Exception exception) when (IsFileError(exception))
            {
                throw new SegmentStoreException(SegmentStoreFault.Unknown, $"The folder {folder} cannot be listed: {exception.Message}", exception);
            }
        }
    }

    private byte[]? Read(string path)
    {
        try
        {
            return files.Read(path);
        }
        catch (Exception exception) when (IsFileError(exception))
        {
            throw new SegmentStoreException(SegmentStoreFault.Unknown, $"The file {path} cannot be read: {exception.Message}", exception);
        }
    }

    private void EnsureFolders()
    {
        if (ready)
            return;

        files.EnsureFolder(segments);
        ready = true;
    }

    private void TryDelete(string path)
    {
        try
        {
            files.Delete(path);
        }
        catch (Exception exception) when (IsFileError(exception))
        {
            // What cannot be deleted now is deleted by a listing once it is old; a listing never shows it as a segment.
        }
    }
}
