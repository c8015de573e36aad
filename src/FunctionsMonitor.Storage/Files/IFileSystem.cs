using System.Buffers;

namespace FunctionsMonitor.Storage.Files;

/// <summary>
/// The few things that the folder store asks of a file system, each with what it promises after a power cut: nothing, until the file and
/// then the folder are synced. Narrow so that a test can stand in for it and forget whatever was not synced.
/// </summary>
internal interface IFileSystem
{
    /// <summary>Makes the folder, and syncs the folders above it that it had to make.</summary>
    void EnsureFolder(string path);

    /// <summary>Writes a new file and syncs its bytes.</summary>
    /// <exception cref="IOException">It exists, or could not be written.</exception>
    void WriteSynced(string path, ReadOnlySequence<byte> content);

    /// <summary>Gives a file its name at once or not at all, within one file system.</summary>
    void Rename(string from, string to);

    /// <summary>Makes the names in a folder durable.</summary>
    void SyncFolder(string path);

    /// <summary>Null when it is not there.</summary>
    byte[]? Read(string path);

    /// <summary>Deleting what is not there is no error.</summary>
    void Delete(string path);

    /// <summary>What is made of each file in a folder, in no order; empty when the folder is not there.</summary>
    IEnumerable<T> List<T>(string path, FoundFile<T> make);
}
