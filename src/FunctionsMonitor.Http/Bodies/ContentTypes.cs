using FunctionsMonitor.Events;
using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Problems;
using Microsoft.Net.Http.Headers;

namespace FunctionsMonitor.Http.Bodies;

/// <summary>Content types that bodies come in, and what they mean. All of them are UTF-8, said or not.</summary>
internal static class ContentTypes
{
    public const string Json = "application/json";
    public const string NdJson = "application/x-ndjson";

    public static IReadOnlyList<string> OfEvents { get; } = [Json, NdJson];

    public static IReadOnlyList<string> OfReplay { get; } = [Json];

    public static EventFormat EventFormatOf(string? contentType) =>
        Match(contentType, OfEvents) == NdJson ? EventFormat.NdJson : EventFormat.Json;

    public static void EnsureJson(string? contentType) => Match(contentType, OfReplay);

    private static string Match(string? contentType, IReadOnlyList<string> supported)
    {
        var match = MediaTypeHeaderValue.TryParse(contentType, out var parsed)
            ? supported.FirstOrDefault(type => parsed.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase))
            : null;
        if (match is null)
            throw Unsupported(
                string.IsNullOrEmpty(contentType) ? "The request has no content type" : $"The content type '{QueryReader.Shorten(contentType)}' is not supported",
                supported);
        if (parsed!.Charset.HasValue && !HeaderUtilities.RemoveQuotes(parsed.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw Unsupported($"The charset '{QueryReader.Shorten(parsed.Charset.ToString())}' is not supported, only utf-8 is", supported);

        return match;
    }

    private static ProblemException Unsupported(string what, IReadOnlyList<string> supported) =>
        new(Problem.Of(ProblemTypes.UnsupportedMediaType, $"{what}; send {string.Join(" or ", supported)}.") with
        {
            Field = HeaderNames.ContentType,
            Known = supported,
        });
}
