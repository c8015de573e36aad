using System.Buffers;
using FunctionsMonitor.Storage.Files;

namespace FunctionsMonitor.TestSupport.Flows;

/// <summary>The machine's file system, with a place before and after every call where a test can throw.</summary>
internal sealed class FaultyFileSystem : IFileSystem
{
    private readonly PhysicalFileSystem files = new();

    public Action<string> BeforeEnsureFolder { get; set; } = _ => { };

    public Action<string> BeforeWrite { get; set; } = _ => { };

    public Action<string> BeforeRename { get; set; } = _ => { };

    public Action<string> AfterRename { get; set; } = _ => { };

    public Action<string> BeforeRead { get; set; } = _ => { };

    public Action<string> BeforeDelete { get; set; } = _ => { };

    public Action<string> BeforeList { get; set; } = _ => { };

    public void EnsureFolder(string path)
    {
        BeforeEnsureFolder(path);
        files.EnsureFolder(path);
    }

    public void WriteSynced(string path, ReadOnlySequence<byte> content)
    {
        BeforeWrite(path);
        files.WriteSynced(path, content);
    }

    public void Rename(string from, string to)
    {
        BeforeRename(from);
        files.Rename(from, to);
        AfterRename(to);
    }

    public void SyncFolder(string path) => files.SyncFolder(path);

    public byte[]? Read(string path)
    {
        BeforeRead(path);
        return files.Read(path);
    }

    public void Delete(string path)
    {
        BeforeDelete(path);
        files.Delete(path);
    }

    public IEnumerable<T> List<T>(string path, FoundFile<T> make)
    {
        BeforeList(path);
        return files.List(path, make);
    }
}
