using System.Text.RegularExpressions;

namespace FunctionsMonitor.Tests.Docs;

/// <summary>The files of this repository, as they are read by people.</summary>
internal static partial class Repository
{
    /// <summary>Found from the test's own folder: the first one above it with the solution.</summary>
    public static string Root { get; } = Above(AppContext.BaseDirectory).First(folder => File.Exists(Path.Combine(folder, "FunctionsMonitor.sln")));

    /// <summary>Every page for people, relative to the root.</summary>
    public static string[] Pages { get; } =
    [
        "README.md", "CHANGELOG.md", "samples/README.md",
        .. Directory.GetFiles(Path.Combine(Root, "docs"), "*.md").Select(path => $"docs/{Path.GetFileName(path)}").Order(StringComparer.Ordinal),
    ];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    /// <summary>The cells of every table row, without heads and rules.</summary>
    public static IEnumerable<string[]> Rows(string markdown)
    {
        var lines = markdown.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var isHead = i + 1 < lines.Length && Rule().IsMatch(lines[i + 1]);
            if (lines[i].StartsWith('|') && !isHead && !Rule().IsMatch(lines[i]))
                yield return [.. lines[i].Trim().Trim('|').Split('|').Select(cell => cell.Trim())];
        }
    }

    /// <summary>What stands in backticks in a text.</summary>
    public static IReadOnlyList<string> Code(string text) => [.. InBackticks().Matches(text).Select(match => match.Groups[1].Value)];

    private static IEnumerable<string> Above(string folder)
    {
        for (var current = new DirectoryInfo(folder); current is not null; current = current.Parent)
            yield return current.FullName;
    }

    [GeneratedRegex(@"^\|( -+ \|)+$")]
    private static partial Regex Rule();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex InBackticks();
}
