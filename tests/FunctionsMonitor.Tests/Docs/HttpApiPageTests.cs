using System.Globalization;
using System.Text.RegularExpressions;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Local.Access;
using FunctionsMonitor.Validation;

namespace FunctionsMonitor.Tests.Docs;

/// <summary><c>docs/http-api.md</c> against <see cref="EndpointCatalog"/>.</summary>
public sealed partial class HttpApiPageTests
{
    private static readonly string Page = Repository.Read("docs/http-api.md");

    /// <summary>Sections by their heading, such as <c>GET /events</c>.</summary>
    private static readonly Dictionary<string, string> Sections = EndpointSection().Matches(Page)
        .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

    public static TheoryData<string> Endpoints { get; } = [.. EndpointCatalog.All.Select(HeadingOf)];

    [Fact]
    public void There_is_one_section_for_each_endpoint_and_no_other() =>
        Assert.Equal(EndpointCatalog.All.Select(HeadingOf).Order(StringComparer.Ordinal), Sections.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Endpoints))]
    public void A_section_has_the_access_the_parameters_with_their_bounds_and_the_statuses(string heading)
    {
        var endpoint = EndpointCatalog.All.Single(endpoint => HeadingOf(endpoint) == heading);
        var section = Sections[heading];
        var rows = Repository.Rows(section).ToList();

        Assert.StartsWith($"Access: {endpoint.Access.ToString().ToLowerInvariant()}. ", section.TrimStart(), StringComparison.Ordinal);
        Assert.Equal(
            endpoint.Responses.Select(response => response.Status), rows.Where(row => Status().IsMatch(row[0])).Select(row => int.Parse(row[0], CultureInfo.InvariantCulture)));
        Assert.All(endpoint.Headers, header => Assert.Contains($"**`{header.Name}`**", section, StringComparison.Ordinal));
        // The members of a body stand in tables too: those of an event, and of a replay.
        var documented = endpoint.RequestContentTypes.Count > 0 ? [] : rows.Where(row => row[0].StartsWith('`')).ToDictionary(row => row[0].Trim('`'), row => row[1]);
        Assert.Equal(endpoint.Parameters.Select(parameter => parameter.Name), documented.Keys);
        Assert.All(endpoint.Parameters, parameter => Assert.Equal(Describe(parameter), documented[parameter.Name]));
    }

    [Fact]
    public void Every_problem_is_listed_with_its_status_and_no_other()
    {
        var known = ProblemTypes.All.Append(Refusal.HostNotAllowed).Append(Refusal.OriginNotAllowed)
            .Select(problem => $"{problem.Code} {problem.Status}").Order(StringComparer.Ordinal);
        var listed = Repository.Rows(Page[Page.IndexOf("\n## Problems", StringComparison.Ordinal)..])
            .Where(row => row.Length > 1 && Status().IsMatch(row[1])).Select(row => $"{row[0].Trim('`')} {row[1]}").Order(StringComparer.Ordinal);

        Assert.Equal(known, listed);
    }

    [Fact]
    public void Every_rule_of_the_envelope_is_listed_with_its_severity()
    {
        var listed = Repository.Rows(Page[Page.IndexOf("\n## Codes", StringComparison.Ordinal)..])
            .SelectMany(row => Repository.Code(row[0]).Select(code => (code, row[1]))).ToDictionary();

        Assert.NotEmpty(EnvelopeRules.All);
        Assert.All(EnvelopeRules.All, rule => Assert.Equal(rule.Severity.ToString().ToLowerInvariant(), listed.GetValueOrDefault(rule.Name)));
    }

    [Fact]
    public void The_limits_of_a_body_and_of_a_replay_are_the_true_ones()
    {
        var rows = Repository.Rows(Page).Select(row => $"{row[0]} {row[1]}").ToList();
        var ingest = new IngestOptions();

        Assert.Contains($"bytes of a body, compressed and decompressed {ingest.MaxBodyBytes >> 20} MiB", rows);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"events in a body {ingest.MaxEvents:N0}"), rows);
        Assert.Contains($"bytes of one event {ingest.MaxEventBytes >> 10} KiB", rows);
        Assert.Contains($"levels of nesting {ingest.MaxDepth}", rows);
        Assert.Contains($"age of a timestamp {new RetentionOptions().Events.TotalDays} days", rows);
        Assert.Contains($"lead of a timestamp {ingest.MaxClockLead.TotalHours} hours", rows);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"`limit` 1 to {ReplayOptions.MaxLimit:N0}, default {ReplayOptions.DefaultLimit}"), rows);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"`rate_per_second` 1 to {ReplayOptions.MaxRatePerSecond:N0}, default {ReplayOptions.DefaultRatePerSecond}"), rows);
    }

    private static string HeadingOf(EndpointDescription endpoint) => $"{endpoint.Method} /{endpoint.Route}";

    /// <summary>The cell that the page must have.</summary>
    private static string Describe(EndpointParameter parameter) => parameter switch
    {
        { Name: "cursor" } => "",
        { Type: "integer" } => $"{parameter.Minimum} to {parameter.Maximum}, default {parameter.Default}",
        { Type: "boolean" } => "`true`, `false`",
        { Format: "date-time" } => "time",
        { Values.Count: > 0 } => string.Join(", ", parameter.Values.Select(value => $"`{value}`")) + $", default `{parameter.Default}`",
        { MaxLength: 256 } => "text",
        _ => $"up to {parameter.MaxLength} characters",
    };

    [GeneratedRegex(@"^### `([A-Z]+ /[^`]*)`\n(.*?)(?=^##)", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex EndpointSection();

    [GeneratedRegex("^[1-5][0-9][0-9]$")]
    private static partial Regex Status();
}
