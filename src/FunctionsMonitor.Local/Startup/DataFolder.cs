namespace FunctionsMonitor.Local.Startup;

/// <summary>The folder that holds everything the local host keeps.</summary>
internal static class DataFolder
{
    public const string Setting = "FunctionsMonitor:DataPath";
    public const string Default = ".data";

    /// <summary>Creates it when it is not there, and proves that it can be written.</summary>
    /// <returns>Its full path.</returns>
    /// <exception cref="StartException">It cannot be used; the message says why.</exception>
    public static string Open(string? setting)
    {
        var given = string.IsNullOrWhiteSpace(setting) ? Default : setting;
        try
        {
            var path = Path.GetFullPath(given);
            if (File.Exists(path))
                throw new StartException($"{Setting} is '{given}', which is a file; it must be a folder.");

            Directory.CreateDirectory(path);
            var probe = Path.Combine(path, $".probe-{Guid.NewGuid():N}");
            using (File.Create(probe, bufferSize: 1, FileOptions.DeleteOnClose))
            {
            }

            return path;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new StartException($"{Setting} is '{given}', which cannot be written: {exception.Message}", exception);
        }
    }
}
