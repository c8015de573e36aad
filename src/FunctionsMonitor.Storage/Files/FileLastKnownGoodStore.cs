using FunctionsMonitor.Flags.AppConfiguration;

namespace FunctionsMonitor.Storage.Files;

/// <summary>
/// The last good answer of App Configuration in a file, shared by all processes of one machine. It is replaced by a rename: a reader sees a whole
/// document or the one before.
/// </summary>
/// <param name="path">Its folder is made when it is first written.</param>
internal sealed class FileLastKnownGoodStore(string path) : ILastKnownGoodStore
{
    private static readonly PhysicalFileSystem Files = new();

    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        // On a thread of the pool: a refresh may be a flush, and a disk may be slow.
        await Task.Yield();
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Another process may be writing too; each has its own until it is whole.
        var temporary = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            Files.WriteSynced(temporary, new(content));
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
