using System.Globalization;
using System.Text.RegularExpressions;

namespace FunctionsMonitor.Tests.Docs;

/// <summary><c>docs/guarantees.md</c>: every exception has what shows it and what holds it, and both are there.</summary>
public sealed partial class GuaranteesPageTests
{
    private static readonly string Page = Repository.Read("docs/guarantees.md");

    /// <summary>Number and text, without the line breaks.</summary>
    private static readonly List<(int Number, string Text)> Exceptions =
    [
        .. Item().Matches(Page).Select(match => (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match.Groups[2].Value.ReplaceLineEndings(" "))),
    ];

    private static readonly Lazy<string[]> Sources = new(() =>
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).Select(File.ReadAllText),
    ]);

    public static TheoryData<int> Numbers { get; } = [.. Exceptions.Select(item => item.Number)];

    [Fact]
    public void The_exceptions_are_numbered_from_one()
    {
        Assert.Equal(Enumerable.Range(1, Exceptions.Count), Exceptions.Select(item => item.Number));
        Assert.True(Exceptions.Count >= 10, $"Only {Exceptions.Count} were found.");
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void An_exception_names_what_shows_it_and_what_holds_it(int number)
    {
        var parts = Parts().Match(Exceptions.Single(item => item.Number == number).Text);
        Assert.True(parts.Success, "It does not say by what it is shown and held.");

        Assert.True(ShownFields.Endpoints(parts.Groups[1].Value) > 0, "Nothing shows it.");
        Assert.Empty(ShownFields.Untrue(parts.Groups[1].Value));
        Assert.NotEmpty(TestName().Matches(parts.Groups[2].Value));
    }

    [Fact]
    public void Every_test_that_the_page_names_is_there()
    {
        var named = TestName().Matches(Page).Select(match => (Class: match.Groups[1].Value, Method: match.Groups[2].Value)).Distinct().ToList();
        Assert.True(named.Count > Exceptions.Count);
        Assert.All(named, test => Assert.Contains(
            Sources.Value, source => source.Contains($"class {test.Class}", StringComparison.Ordinal) && Regex.IsMatch(source, $@"\s{test.Method}\(")));
    }

    [Theory]
    [InlineData("`GET /metrics/ledger` `incarnations.lasting_number`", "GetLedger answers no incarnations.lasting_number")]
    [InlineData("`GET /metrics/ledgers` `missing`", "there is no GET /metrics/ledgers")]
    [InlineData("`GET /status` `buffer.over_cap`, `over_cap`", "GetStatus answers no over_cap")]
    public void A_field_or_an_endpoint_that_is_not_there_is_noticed(string text, string fault) =>
        Assert.Equal(fault, Assert.Single(ShownFields.Untrue(text)));

    [GeneratedRegex(@"^(\d+)\. (.*?)(?=^\d+\. |^## )", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Item();

    [GeneratedRegex("Shown by: (.*?)Held by: (.*)")]
    private static partial Regex Parts();

    [GeneratedRegex(@"`(\w+(?:Tests|Contract))\.(\w+)`")]
    private static partial Regex TestName();
}
