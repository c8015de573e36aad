using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Problems;

namespace FunctionsMonitor.HostContract.Table;

/// <summary>
/// Parameters, made from the catalog: what it says of a parameter is what every host must hold to. Every request is refused before anything is
/// done, or only reads; and what stands in a path is nobody's.
/// </summary>
internal static class ParameterRows
{
    public static IEnumerable<HostRow> All =>
    [
        .. from endpoint in EndpointCatalog.All
           where endpoint.Responses.Any(response => response.Status == 400)
           select Row(endpoint, "a parameter that is none", Ask(endpoint, "functionsmonitor_test=1").Refused(ProblemTypes.UnknownParameter, "functionsmonitor_test")),
        .. from endpoint in EndpointCatalog.All
           from parameter in endpoint.Parameters
           from row in RowsOf(endpoint, parameter)
           select row,
    ];

    /// <summary>A path in which every part is one that could be there.</summary>
    public static string PathOf(EndpointDescription endpoint) => "/" + endpoint.Route
        .Replace("{id}", "00000000000000000000000000000000-0", StringComparison.Ordinal).Replace("{name}", "functionsmonitor-test", StringComparison.Ordinal);

    private static IEnumerable<HostRow> RowsOf(EndpointDescription endpoint, EndpointParameter parameter)
    {
        var name = parameter.Name;
        yield return Row(endpoint, $"{name} twice", Refused($"{name}=1&{name}=1"));
        foreach (var (what, value) in BadValuesOf(parameter))
            yield return Row(endpoint, $"{name} {what}", Refused($"{name}={value}"));

        // A stream that is taken does not end.
        if (!endpoint.Responses.Any(response => response.ContentType == "text/event-stream"))
            yield return Row(endpoint, $"{name} empty or at its bounds", [Ask(endpoint, $"{name}="), .. GoodValuesOf(parameter).Select(value => Ask(endpoint, $"{name}={value}"))]);

        HostStep Refused(string query) => Ask(endpoint, query).Refused(ProblemTypes.InvalidParameter, name);
    }

    private static IEnumerable<(string What, string Value)> BadValuesOf(EndpointParameter parameter) => parameter switch
    {
        { Type: "integer" } => [("below", $"{parameter.Minimum - 1}"), ("above", $"{parameter.Maximum + 1}"), ("no number", "1e1"), ("out of every range", "99999999999999999999")],
        { Type: "boolean" } => [("no truth", "yes"), ("in capitals", "True")],
        { Format: "date-time" } => [("no time", "yesterday"), ("without an offset", "2026-01-01T00:00:00"), ("no day", "2026-02-30T00:00:00Z"), ("with a plus sign that is a blank", "2026-01-01T00:00:00+01:00")],
        { Values.Count: > 0 } => [("no value", "2m")],
        { Name: "cursor" } => [("none", "!"), ("of nothing", "AAAA")],
        _ => [("too long", new string('x', parameter.MaxLength + 1)), ("with NUL", "a%00b")],
    };

    private static IEnumerable<string> GoodValuesOf(EndpointParameter parameter) => parameter switch
    {
        { Type: "integer" } => [$"{parameter.Minimum}", $"{parameter.Maximum}"],
        { Type: "boolean" } => ["true", "false"],
        { Format: "date-time" } => ["2026-01-01T00:00Z", "2026-01-01T00:00:00.1234567%2B05:30"],
        { Values.Count: > 0 } => parameter.Values,
        { Name: "cursor" } => [],
        _ => [string.Concat(Enumerable.Repeat("%C3%A9", parameter.MaxLength))],
    };

    private static HostStep Ask(EndpointDescription endpoint, string query) => new(endpoint.Method, $"{PathOf(endpoint)}?{query}");

    private static HostRow Row(EndpointDescription endpoint, string name, params HostStep[] steps) => new($"{endpoint.Method} /{endpoint.Route}: {name}", steps);
}
