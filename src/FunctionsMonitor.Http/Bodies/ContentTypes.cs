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

    public const string CloudEvent = "application/cloudevents+json";
    public const string CloudEventBatch = "application/cloudevents-batch+json";

    /// <summary>What says that the body is a CloudEvent and not its data, in whatever format.</summary>
    private const string CloudEventPrefix = "application/cloudevents";

    public static IReadOnlyList<string> OfEvents { get; } = [Json, NdJson, CloudEvent, CloudEventBatch];

    public static IReadOnlyList<string> OfReplay { get; } = [Json];

    public static EventFormat EventFormatOf(string? contentType) =>
        Match(contentType, OfEvents) switch
        {
            NdJson => EventFormat.NdJson,
            CloudEvent => EventFormat.CloudEvent,
            CloudEventBatch => EventFormat.CloudEventBatch,
            _ => EventFormat.Json,
        };

    public static bool IsOfCloudEvents(string? contentType) => contentType?.StartsWith(CloudEventPrefix, StringComparison.OrdinalIgnoreCase) == true;

    /// <exception cref="ProblemException">415: JSON in another charset than UTF-8.</exception>
    public static DataKind DataKindOf(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var parsed))
            return DataKind.Bytes;

        if (parsed.SubType.Equals("json", StringComparison.OrdinalIgnoreCase) || parsed.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
        {
            EnsureUtf8(parsed, OfEvents);
            return DataKind.Json;
        }

        var isText = parsed.Type.Equals("text", StringComparison.OrdinalIgnoreCase)
            || parsed.SubType.Equals("xml", StringComparison.OrdinalIgnoreCase) || parsed.Suffix.Equals("xml", StringComparison.OrdinalIgnoreCase);
        return isText && IsUtf8(parsed) ? DataKind.Text : DataKind.Bytes;
    }

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

        EnsureUtf8(parsed!, supported);
        return match;
    }

    private static void EnsureUtf8(MediaTypeHeaderValue parsed, IReadOnlyList<string> supported)
    {
        if (!IsUtf8(parsed))
            throw Unsupported($"The charset '{QueryReader.Shorten(parsed.Charset.ToString())}' is not supported, only utf-8 is", supported);
    }

    private static bool IsUtf8(MediaTypeHeaderValue parsed) =>
        !parsed.Charset.HasValue || HeaderUtilities.RemoveQuotes(parsed.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase);

    private static ProblemException Unsupported(string what, IReadOnlyList<string> supported) =>
        new(Problem.Of(ProblemTypes.UnsupportedMediaType, $"{what}; send {string.Join(" or ", supported)}.") with
        {
            Field = HeaderNames.ContentType,
            Known = supported,
        });
}
