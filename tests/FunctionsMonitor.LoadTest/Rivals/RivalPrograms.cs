namespace FunctionsMonitor.LoadTest.Rivals;

/// <summary>Where the rivals' programs are: in a folder that somebody names, or on the path.</summary>
internal static class RivalPrograms
{
    /// <param name="name">Of the program.</param>
    /// <param name="folder">Looked into first, with what a Debian package puts below it; null for the path alone.</param>
    /// <returns>Null when it is not there.</returns>
    public static string? Find(string name, string? folder) =>
        (folder is null ? [] : (string[])[folder, Path.Combine(folder, "usr", "bin")])
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        .Select(place => Path.GetFullPath(Path.Combine(place, name))).FirstOrDefault(File.Exists);
}
