using System.Text.Json;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Bodies;

/// <summary>Reads a <see cref="ReplayRequest"/> by hand, so that each thing that can be wrong with it is said with the member's name.</summary>
internal static class ReplayRequestReader
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>A call is answered before any gateway gives up on it.</summary>
    private const int MaxSeconds = 200;

    private static readonly string[] Members =
        ["reason", "type", "source", "from", "to", "replayed", "all", "dry_run", "limit", "rate_per_second"];

    public static async Task<ReplayRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        ContentTypes.EnsureJson(request.ContentType);
        if (request.Headers.ContentEncoding.Count > 0)
            throw new ProblemException(Problem.Of(ProblemTypes.UnsupportedEncoding, "This body is small; send it as it is.") with { Field = "Content-Encoding" });
        if (request.ContentLength > MaxBytes)
            throw TooLarge();

        using var document = await ParseAsync(request, cancellationToken).ConfigureAwait(false);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new ProblemException(Problem.Of(ProblemTypes.MalformedJson, "The body must be a JSON object."));

        var parsed = new ReplayRequest();
        var seen = new HashSet<string>();
        foreach (var member in document.RootElement.EnumerateObject())
        {
            var name = SafeName(member);
            if (!seen.Add(name))
                throw ProblemException.InvalidParameter(name, $"'{QueryReader.Shorten(name)}' is there twice.");
            parsed = Apply(parsed, name, member.Value);
        }

        return Check(parsed);
    }

    private static async Task<JsonDocument> ParseAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        await using var bounded = new BoundedStream(request.Body, MaxBytes, $"The body has more than {MaxBytes} bytes.");
        try
        {
            return await JsonDocument.ParseAsync(bounded, new JsonDocumentOptions { MaxDepth = 4 }, cancellationToken).ConfigureAwait(false);
        }
        catch (JsonException) when (bounded.BytesRead == 0)
        {
            throw new ProblemException(Problem.Of(
                ProblemTypes.EmptyBody, "The body must be a JSON object with what to replay, or {\"all\": true}."));
        }
        catch (JsonException exception)
        {
            throw new ProblemException(Problem.Of(ProblemTypes.MalformedJson, exception.Message));
        }
    }

    private static ReplayRequest Apply(ReplayRequest request, string name, JsonElement value) => name switch
    {
        "reason" => request with { Reason = Text(name, value) },
        "type" => request with { Type = Text(name, value) },
        "source" => request with { Source = Text(name, value) },
        "from" => request with { From = Text(name, value) is { } from ? QueryReader.ParseTime(name, from) : null },
        "to" => request with { To = Text(name, value) is { } to ? QueryReader.ParseTime(name, to) : null },
        "replayed" => request with { Replayed = value.ValueKind == JsonValueKind.Null ? null : Boolean(name, value) },
        "all" => request with { All = Boolean(name, value) },
        "dry_run" => request with { DryRun = Boolean(name, value) },
        "limit" => request with { Limit = Integer(name, value, ReplayOptions.MaxLimit) },
        "rate_per_second" => request with { RatePerSecond = Integer(name, value, ReplayOptions.MaxRatePerSecond) },
        _ => throw new ProblemException(Problem.Of(
            ProblemTypes.UnknownParameter, $"'{QueryReader.Shorten(name)}' is no member here; there are {string.Join(", ", Members)}.") with
        {
            Field = QueryReader.Shorten(name),
            Known = Members,
        }),
    };

    private static ReplayRequest Check(ReplayRequest request)
    {
        QueryReader.EnsureOrder(request.From, request.To);
        if (!request.IsNarrowed && request.All != true)
            throw ProblemException.InvalidParameter("all", "Nothing narrows what to replay; say \"all\": true when every dead letter is meant.");
        if (request.IsNarrowed && request.All == true)
            throw ProblemException.InvalidParameter("all", "'all' contradicts the other members; leave it out.");
        if (!request.DryRun && request.Limit > request.RatePerSecond * MaxSeconds)
            throw ProblemException.InvalidParameter(
                "rate_per_second",
                $"{request.Limit} at {request.RatePerSecond} a second take more than {MaxSeconds} seconds; take a lower limit and call again to go on.");

        return request;
    }

    private static string? Text(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String when SafeString(name, value) is { Length: > 0 and <= 256 } text && !text.Contains('\0', StringComparison.Ordinal) => text,
        _ => throw ProblemException.InvalidParameter(name, $"'{name}' must be a string of 1 to 256 characters, none of them NUL."),
    };

    /// <summary>Half a surrogate pair, or bytes that are not UTF-8, are well-formed JSON, but no text.</summary>
    private static string SafeName(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            throw new ProblemException(Problem.Of(ProblemTypes.InvalidUtf8, "The name of a member is not valid text."));
        }
    }

    private static string SafeString(string name, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new ProblemException(Problem.Of(ProblemTypes.InvalidUtf8, $"'{name}' is not valid text.") with { Field = name });
        }
    }

    private static bool Boolean(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw ProblemException.InvalidParameter(name, $"'{name}' must be true or false."),
    };

    private static int Integer(string name, JsonElement value, int maximum) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 1 && number <= maximum
            ? number
            : throw ProblemException.InvalidParameter(name, $"'{name}' must be a whole number from 1 to {maximum}.");

    private static Events.EventBodyException TooLarge() =>
        new(Events.EventBodyFault.TooLarge, $"The body has more than {MaxBytes} bytes.");
}
