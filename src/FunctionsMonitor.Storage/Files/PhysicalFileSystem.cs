using System.Buffers;
using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;

namespace FunctionsMonitor.Storage.Files;

/// <summary>The machine's own.</summary>
internal sealed class PhysicalFileSystem : IFileSystem
{
    private const int MaxBuffersPerWrite = 512;

    /// <summary>Everything, and an error where it may not be read: nothing must be taken for empty.</summary>
    private static readonly EnumerationOptions All = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private static readonly DateTimeOffset NoTime = new(DateTime.FromFileTimeUtc(0));

    public void EnsureFolder(string path)
    {
        if (Directory.Exists(path))
            return;

        var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        if (parent is not null)
            EnsureFolder(parent);
        Directory.CreateDirectory(path);
        if (parent is not null)
            SyncFolder(parent);
    }

    public void WriteSynced(string path, ReadOnlySequence<byte> content)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        long offset = 0;
        var buffers = new List<ReadOnlyMemory<byte>>();
        foreach (var part in content)
        {
            buffers.Add(part);
            if (buffers.Count == MaxBuffersPerWrite)
                offset = Write(file, buffers, offset);
        }

        Write(file, buffers, offset);
        RandomAccess.FlushToDisk(file);
    }

    public void Rename(string from, string to) => File.Move(from, to, overwrite: false);

    public void SyncFolder(string path) => FolderSync.Sync(path);

    public byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }

    public void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone with its folder, which is what was asked for.
        }
    }

    public IEnumerable<T> List<T>(string path, FoundFile<T> make) => Directory.Exists(path)
        ? new FileSystemEnumerable<T>(path, (ref entry) => make(entry.FileName, entry.Length, entry.LastWriteTimeUtc), All)
        {
            // A file may be deleted by a flush between the listing and the look at it; then it has no time.
            ShouldIncludePredicate = static (ref entry) => !entry.IsDirectory && entry.LastWriteTimeUtc != NoTime,
        }
        : [];

    private static long Write(SafeFileHandle file, List<ReadOnlyMemory<byte>> buffers, long offset)
    {
        RandomAccess.Write(file, buffers, offset);
        offset += buffers.Sum(buffer => (long)buffer.Length);
        buffers.Clear();
        return offset;
    }
}
