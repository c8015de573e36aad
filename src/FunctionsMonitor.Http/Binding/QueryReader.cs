using System.Globalization;
using System.Text.RegularExpressions;
using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Binding;

/// <summary>
/// Reads query parameters. What is not a parameter of the endpoint, stands there twice, or cannot be read is refused by name: a typo must
/// not quietly widen a query. A parameter without a value counts as not given.
/// </summary>
internal sealed partial class QueryReader
{
    /// <summary>The function key, where a client can send no header; it is the host's, and never ours to read.</summary>
    private const string FunctionKey = "code";

    private const int MaxSaidBack = 64;

    private readonly IQueryCollection query;

    /// <exception cref="ProblemException">There is a parameter that is not among the known ones, or one that is repeated.</exception>
    public QueryReader(HttpContext context, IReadOnlyList<EndpointParameter> known)
    {
        query = context.Request.Query;
        foreach (var (name, values) in query)
        {
            if (name == FunctionKey)
                continue;

            if (known.All(parameter => parameter.Name != name))
                throw new ProblemException(Problem.Of(ProblemTypes.UnknownParameter, Explain(name, known)) with
                {
                    Field = name,
                    Known = [.. known.Select(parameter => parameter.Name)],
                });

            if (values.Count > 1)
                throw ProblemException.InvalidParameter(name, $"'{name}' is given {values.Count} times; once is understood.");
        }
    }

    /// <summary>For an endpoint without parameters.</summary>
    /// <exception cref="ProblemException">There is one.</exception>
    public static void ExpectNone(HttpContext context) => _ = new QueryReader(context, QueryParameters.None);

    public string? Text(EndpointParameter parameter)
    {
        var text = query[parameter.Name].ToString();
        if (text.Length == 0)
            return null;
        if (text.Contains('\0', StringComparison.Ordinal))
            throw ProblemException.InvalidParameter(parameter.Name, $"'{parameter.Name}' has a NUL character in it.");

        return text.Length <= parameter.MaxLength
            ? text
            : throw ProblemException.InvalidParameter(parameter.Name, $"'{parameter.Name}' has {text.Length} characters; it can have {parameter.MaxLength}.");
    }

    public int Integer(EndpointParameter parameter, int fallback)
    {
        if (Text(parameter) is not { } text)
            return fallback;

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= parameter.Minimum && value <= parameter.Maximum
            ? value
            : throw ProblemException.InvalidParameter(
                parameter.Name, $"'{parameter.Name}' must be a whole number from {parameter.Minimum} to {parameter.Maximum}, not '{Shorten(text)}'.");
    }

    public bool? Boolean(EndpointParameter parameter) => Text(parameter) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var text => throw ProblemException.InvalidParameter(parameter.Name, $"'{parameter.Name}' must be true or false, not '{Shorten(text)}'."),
    };

    public DateTimeOffset? Time(EndpointParameter parameter) =>
        Text(parameter) is { } text ? ParseTime(parameter.Name, text) : null;

    /// <summary>Both ends of a range of time; either may be open.</summary>
    public (DateTimeOffset? From, DateTimeOffset? To) Range()
    {
        var range = (From: Time(QueryParameters.From), To: Time(QueryParameters.To));
        EnsureOrder(range.From, range.To);
        return range;
    }

    public static void EnsureOrder(DateTimeOffset? from, DateTimeOffset? to)
    {
        if (from >= to)
            throw ProblemException.InvalidParameter("from", "'from' must be before 'to'.");
    }

    public static DateTimeOffset ParseTime(string field, string text)
    {
        if (Iso8601().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            return time.ToUniversalTime();

        var hint = text.Contains(' ', StringComparison.Ordinal) ? " In a query a + must be written %2B." : "";
        throw ProblemException.InvalidParameter(
            field, $"'{field}' must be a time in ISO 8601 with an offset, like 2026-11-24T12:00:00Z, not '{Shorten(text)}'.{hint}");
    }

    /// <summary>What a client sent, short enough to be said back, and never ending in half a surrogate pair.</summary>
    public static string Shorten(string text) => text.Length <= MaxSaidBack
        ? text
        : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[MaxSaidBack - 1]) ? MaxSaidBack - 1 : MaxSaidBack), "…");

    private static string Explain(string name, IReadOnlyList<EndpointParameter> known) =>
        known.Count == 0
            ? $"'{Shorten(name)}' is no parameter here; there are none."
            : $"'{Shorten(name)}' is no parameter here; there are {string.Join(", ", known.Select(parameter => parameter.Name))}.";

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?(Z|[+-]\d{2}:\d{2})$", RegexOptions.CultureInvariant)]
    private static partial Regex Iso8601();
}
