using System.Buffers;
using FunctionsMonitor.Storage.Files;

namespace FunctionsMonitor.Tests.Http.Support;

/// <summary>A disk that writes and does not list.</summary>
internal sealed class UnlistableFileSystem : IFileSystem
{
    private readonly PhysicalFileSystem files = new();

    public void EnsureFolder(string path) => files.EnsureFolder(path);

    public void WriteSynced(string path, ReadOnlySequence<byte> content) => files.WriteSynced(path, content);

    public void Rename(string from, string to) => files.Rename(from, to);

    public void SyncFolder(string path) => files.SyncFolder(path);

    public byte[]? Read(string path) => files.Read(path);

    public void Delete(string path) => files.Delete(path);

    public IEnumerable<T> List<T>(string path, FoundFile<T> make) => throw new IOException("Input/output error");
}
