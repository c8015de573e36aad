using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using DurableCircuitBreaker.Stores;

namespace DurableCircuitBreaker;

/// <summary>
/// Breaker state in a folder, one file a breaker, shared by all processes of one machine. A file is replaced by a rename, so a reader sees a
/// whole value or the one before; writers take turns by a lock on a file beside it, which the system releases when a process dies.
/// </summary>
/// <remarks>
/// <para>Not for a network share: locks and renames there are not what they are on a local disk.</para>
/// <para>
/// A value is flushed to the disk before the rename, so that no crash of the machine leaves half a value under its name. The rename itself is
/// not (the folder is not flushed): after such a crash the value before may be back. That is harmless, because everybody who knew the later
/// one ran on this machine and is gone; the next life reads an older state with an older tag, as it would have a moment earlier.
/// </para>
/// </remarks>
public sealed class FileBreakerStateStore : IBreakerStateStore
{
    private const string Extension = ".breaker";
    private const int TagBytes = 32;
    private const char Capital = '+';
    private static readonly SearchValues<byte> TagDigits = SearchValues.Create("0123456789abcdef"u8);
    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(5);
    private readonly string folder;
    private readonly TimeProvider timeProvider;

    /// <param name="folder">Made when it is first written to.</param>
    /// <param name="timeProvider">The machine's time is the store's.</param>
    public FileBreakerStateStore(string folder, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        this.folder = Path.GetFullPath(folder);
        this.timeProvider = timeProvider ?? TimeProvider.System;
    }

    public async ValueTask<BreakerStoreReading> ReadAsync(string name, CancellationToken cancellationToken)
    {
        BreakerNames.ThrowIfInvalid(name);
        var (content, tag) = await Task.Run(() => Read(PathOf(name)), cancellationToken).ConfigureAwait(false);
        return new(content, tag, timeProvider.GetUtcNow());
    }

    public async ValueTask<BreakerStoreWriting> WriteAsync(
        string name, ReadOnlyMemory<byte> content, string? expectedTag, CancellationToken cancellationToken)
    {
        BreakerNames.ThrowIfInvalid(name);
        // On a thread of the pool: the caller may be a request, and a disk may be slow.
        await Task.Yield();
        Directory.CreateDirectory(folder);
        using var held = await LockAsync(PathOf(name) + ".lock", cancellationToken).ConfigureAwait(false);
        var (_, current) = Read(PathOf(name));
        var tag = current == expectedTag ? Replace(PathOf(name), content.Span) : null;
        return new(tag, timeProvider.GetUtcNow());
    }

    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (!Directory.Exists(folder))
            yield break;

        foreach (var file in Directory.EnumerateFiles(folder, "*" + Extension))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = NameOf(Path.GetFileNameWithoutExtension(file));
            if (BreakerNames.IsValid(name, BreakerNames.MaxStoreLength) && PathOf(name) == file)
                yield return name;
        }
    }

    private (ReadOnlyMemory<byte>? Content, string? Tag) Read(string path)
    {
        byte[] bytes;
        try
        {
            // Shared with whoever replaces it: Windows refuses to rename over a file that somebody has open and will not share.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }
        catch (Exception exception) when (exception is FileNotFoundException || (exception is DirectoryNotFoundException && !File.Exists(folder)))
        {
            // A file where the folder should be says "not found" too. That is no empty store, in which every circuit would be closed.
            return (null, null);
        }

        // A file that somebody wrote by hand has no tag of ours; the value is then for the breaker to refuse.
        return bytes.Length > TagBytes && bytes[TagBytes] == (byte)'\n' && !bytes.AsSpan(0, TagBytes).ContainsAnyExcept(TagDigits)
            ? (bytes.AsMemory(TagBytes + 1), Encoding.ASCII.GetString(bytes, 0, TagBytes))
            : (bytes, "foreign-" + Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    private static string Replace(string path, ReadOnlySpan<byte> content)
    {
        var tag = Guid.NewGuid().ToString("N");
        var temporary = path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(Encoding.ASCII.GetBytes(tag));
            file.WriteByte((byte)'\n');
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        return tag;
    }

    private static async ValueTask<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            }
            catch (IOException exception) when (exception is not (DirectoryNotFoundException or PathTooLongException) && IsSharing(exception))
            {
                // A disk waits in real time, whatever clock the store tells.
                await Task.Delay(LockRetry, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // ERROR_SHARING_VIOLATION on Windows; EWOULDBLOCK of flock elsewhere (11 on Linux, 35 on BSD and macOS).
    private static bool IsSharing(IOException exception) => (exception.HResult & 0xFFFF) is 32 or 11 or 35;

    // Where the file system takes capitals and small letters for the same, two breakers must not share a file: each capital is marked.
    private string PathOf(string name) =>
        Path.Combine(folder, string.Concat(name.Select(c => char.IsAsciiLetterUpper(c) ? $"{Capital}{char.ToLowerInvariant(c)}" : $"{c}")) + Extension);

    private static string NameOf(string fileName) =>
        string.Concat(fileName.Split(Capital).Select((part, i) => i > 0 && part.Length > 0 ? char.ToUpperInvariant(part[0]) + part[1..] : part));
}
