using System.Text.RegularExpressions;

namespace FunctionsMonitor.Tests.Docs;

/// <summary>Commands, links and paths in the pages.</summary>
public sealed partial class PagesTests
{
    [Fact]
    public void The_first_commands_of_the_README_are_the_ones_that_CI_runs()
    {
        var readme = Repository.Read("README.md");
        var firstBlock = CommandBlock().Match(readme).Groups[1].Value.Split('\n').Select(line => line.Split('#')[0].Trim()).ToList();
        var run = Repository.Read(".ci/run").Split('\n').First(line => line.Contains("dotnet test --solution ", StringComparison.Ordinal));

        Assert.Equal(["dotnet run --project src/FunctionsMonitor.Local -- --demo", "dotnet test --solution tests/Everywhere.slnf"], firstBlock);
        Assert.Contains($" {firstBlock[1]} --", run, StringComparison.Ordinal);
        Assert.Contains("`dotnet run --project src/FunctionsMonitor.Local`", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_relative_link_leads_to_a_file_and_a_heading_that_are_there()
    {
        var broken =
            from page in Repository.Pages
            from Match match in Link().Matches(Repository.Read(page))
            let parts = match.Groups[1].Value.Split('#')
            let target = parts[0].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, parts[0])
            where !File.Exists(Path.Combine(Repository.Root, target)) || (parts.Length > 1 && !Anchors(target).Contains(parts[1]))
            select $"{page}: {match.Groups[1].Value}";

        Assert.Empty(broken);
    }

    [Fact]
    public void Every_path_that_a_page_names_is_there()
    {
        var missing =
            from page in Repository.Pages
            from Match match in NamedPath().Matches(Repository.Read(page))
            let path = match.Value.TrimEnd('.', '/')
            where !path.Contains("/bin/", StringComparison.Ordinal)
            let full = Path.Combine(Repository.Root, path)
            where !File.Exists(full) && !Directory.Exists(full)
            select $"{page}: {path}";

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_project_stands_in_the_layout_of_the_README()
    {
        var readme = Repository.Read("README.md");
        var projects = Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(folder => $"src/{Path.GetFileName(folder)}").ToList();

        Assert.NotEmpty(projects);
        Assert.All(projects, project => Assert.Contains($"{project} ", readme, StringComparison.Ordinal));
    }

    /// <summary>As GitHub makes them: lower case, no punctuation, hyphens for blanks.</summary>
    private static HashSet<string> Anchors(string page) =>
    [
        .. Heading().Matches(Repository.Read(page))
            .Select(match => NoAnchor().Replace(match.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-')),
    ];

    [GeneratedRegex(@"^```sh\n(.*?)\n```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CommandBlock();

    [GeneratedRegex(@"\]\((?!https?://)([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<![\w./~-])(src|tests|samples|docs|\.ci|\.github)/[\w./-]*\w/?")]
    private static partial Regex NamedPath();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();
}
