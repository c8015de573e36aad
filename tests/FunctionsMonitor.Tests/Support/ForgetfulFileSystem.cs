using System.Buffers;
using FunctionsMonitor.Storage.Files;

namespace FunctionsMonitor.Tests.Support;

/// <summary>
/// A file system that keeps, beside what programs see, what would be left after a power cut: file bytes only once synced, names (new, changed,
/// gone) only once their folder is synced. It can cut the power at any step.
/// </summary>
internal sealed class ForgetfulFileSystem : IFileSystem
{
    private sealed class Inode
    {
        public byte[] Bytes = [];
        public byte[]? Synced;
    }

    private Dictionary<string, Inode> names = [];
    private Dictionary<string, Inode> syncedNames = [];
    private int stepsLeft = int.MaxValue;

    public int Steps { get; private set; }

    /// <summary>The step with this number, from 1, does not happen; nor does anything after it until <see cref="Restart"/>.</summary>
    public void CutAtStep(int step) => stepsLeft = step - 1;

    /// <summary>The power is back. What was not synced is gone; bytes that were not are garbage under a name that was.</summary>
    public void Restart()
    {
        stepsLeft = int.MaxValue;
        names = syncedNames.ToDictionary(pair => pair.Key, pair => new Inode { Bytes = pair.Value.Synced ?? [0xBA, 0xD0], Synced = pair.Value.Synced });
        syncedNames = new(names);
    }

    public void EnsureFolder(string path) => Step();

    public void WriteSynced(string path, ReadOnlySequence<byte> content)
    {
        Step();
        var inode = names[path] = new Inode { Bytes = content.ToArray() };
        Step();
        inode.Synced = inode.Bytes;
    }

    public void Rename(string from, string to)
    {
        Step();
        names.Remove(from, out var inode);
        names[to] = inode!;
    }

    public void SyncFolder(string path)
    {
        Step();
        foreach (var name in syncedNames.Keys.Where(name => Path.GetDirectoryName(name) == path).ToList())
            syncedNames.Remove(name);
        foreach (var (name, inode) in names.Where(pair => Path.GetDirectoryName(pair.Key) == path))
            syncedNames[name] = inode;
    }

    public byte[]? Read(string path)
    {
        Step();
        return names.GetValueOrDefault(path)?.Bytes;
    }

    public void Delete(string path)
    {
        Step();
        names.Remove(path);
    }

    public IEnumerable<T> List<T>(string path, FoundFile<T> make) =>
        [.. names.Where(pair => Path.GetDirectoryName(pair.Key) == path).Select(pair => make(Path.GetFileName(pair.Key), pair.Value.Bytes.Length, default))];

    private void Step()
    {
        Steps++;
        if (stepsLeft-- <= 0)
            throw new IOException("The power is gone.");
    }
}
