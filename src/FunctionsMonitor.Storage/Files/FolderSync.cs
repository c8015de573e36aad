using System.Runtime.InteropServices;

namespace FunctionsMonitor.Storage.Files;

/// <summary>
/// Makes a folder's names durable. .NET has no call for it: a folder cannot be opened as a file there. On Windows there is nothing to
/// call; NTFS journals names itself.
/// </summary>
internal static partial class FolderSync
{
    private const int ReadOnly = 0;

    public static void Sync(string path)
    {
        if (OperatingSystem.IsWindows())
            return;

        var descriptor = Open(path, ReadOnly);
        if (descriptor < 0)
            throw Failed("open", path);
        try
        {
            if (FSync(descriptor) != 0)
                throw Failed("fsync", path);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failed(string call, string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{call} of the folder {path} failed: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
