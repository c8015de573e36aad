using System.Text.RegularExpressions;
using FunctionsMonitor.Http.Endpoints;

namespace FunctionsMonitor.Tests.Docs;

/// <summary><c>docs/operations.md</c>: what is to be seen and to be pressed is what the hosts have.</summary>
public sealed partial class OperationsPageTests
{
    private static readonly string Page = Repository.Read("docs/operations.md");

    private static readonly Dictionary<string, string> Symptoms =
        Symptom().Matches(Page).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

    public static TheoryData<string> Framed { get; } = [.. Symptoms.Where(pair => pair.Value.Contains("- You see: ", StringComparison.Ordinal)).Select(pair => pair.Key)];

    [Fact]
    public void What_an_operator_is_called_for_has_a_symptom() => Assert.Equal(
        [
            "503 on `POST /events`", "A breaker is open", "A migration fails", "A partition is missing", "Dead letters appear",
            "The buffer grows, or 429 on `POST /events`", "The dead-letter cap is reached", "The ledger is not balanced",
        ],
        Framed.Select(row => row.Data).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Framed))]
    public void A_symptom_says_what_is_seen_what_is_safe_what_to_press_and_when_it_is_over(string heading)
    {
        var text = Symptoms[heading];
        var frame = Frame().Match(text);
        Assert.True(frame.Success, "It has not the three lines in their order.");
        foreach (var line in (string[])[frame.Groups[1].Value, frame.Groups[3].Value])
        {
            Assert.True(ShownFields.Endpoints(line) > 0, line);
            Assert.Empty(ShownFields.Untrue(line));
        }

        Assert.Contains("curl ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_command_asks_for_an_endpoint_that_is_there()
    {
        var calls = Call().Matches(Page).Select(match => (
            Method: match.Value.Contains(" --json ", StringComparison.Ordinal) ? "POST"
                : Method().Match(match.Value) is { Success: true } method ? method.Groups[1].Value : "GET",
            Path: match.Groups[1].Value.Split('?')[0])).ToList();
        var unknown = calls.Where(call => !EndpointCatalog.All.Any(row => row.Method == call.Method && Fits(row.Route, call.Path)));

        Assert.True(calls.Count > 20, $"Only {calls.Count} were found.");
        Assert.Empty(unknown);
    }

    private static bool Fits(string route, string path)
    {
        var (parts, given) = (route.Split('/'), path.Split('/'));
        return parts.Length == given.Length && parts.Zip(given).All(pair => pair.First[0] == '{' ? pair.Second.Length > 0 : pair.First == pair.Second);
    }

    [GeneratedRegex("^### ([^\n]+)\n(.*?)(?=^##)", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Symptom();

    [GeneratedRegex("\\A\n- You see: (.+)\n- Safe: (.+)\n- Over when: (.+)\n\n")]
    private static partial Regex Frame();

    /// <summary>One command, up to the pipe behind it.</summary>
    [GeneratedRegex("curl [^|\n]*?\\$HOST/([^\\s\"'`]+)[^|\n]*")]
    private static partial Regex Call();

    [GeneratedRegex("-X ([A-Z]+)")]
    private static partial Regex Method();
}
