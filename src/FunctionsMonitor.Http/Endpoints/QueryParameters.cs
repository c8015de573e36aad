using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Bodies;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>Every query parameter, and which endpoint has which.</summary>
internal static class QueryParameters
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;
    public const int DefaultFlushes = 20;

    public static EndpointParameter Type { get; } = new("type", "string", "Only this event type.") { MaxLength = 50 };

    public static EndpointParameter Source { get; } = new("source", "string", "Only this source.") { MaxLength = 100 };

    public static EndpointParameter Reason { get; } = new("reason", "string", "Only dead letters with this reason.");

    public static EndpointParameter Replayed { get; } = new("replayed", "boolean", "true: only those put back already; false: only those that never were.");

    public static EndpointParameter From { get; } =
        new("from", "string", "The beginning, inclusive; ISO 8601 with an offset.") { Format = "date-time" };

    public static EndpointParameter To { get; } = new("to", "string", "The end, exclusive; ISO 8601 with an offset.") { Format = "date-time" };

    public static EndpointParameter Limit { get; } =
        new("limit", "integer", "At most so many.") { Minimum = 1, Maximum = MaxLimit, Default = "100" };

    public static EndpointParameter FlushLimit { get; } = Limit with { Default = "20" };

    public static EndpointParameter Cursor { get; } =
        new("cursor", "string", "next_cursor of the page before, with the same filters.");

    public static EndpointParameter Interval { get; } = new(
        "interval", "string", $"The width of a bucket; raw gives totals and no series. At most {ValidationIntervals.MaxBuckets} buckets, and as many rows.")
    {
        Values = ValidationIntervals.Names,
        Default = "raw",
    };

    /// <summary>A header.</summary>
    public static EndpointParameter IdempotencyKey { get; } = new(
        IdempotencyHeaders.Key, "string",
        "Makes a repeat of this request harmless: within 24 hours the same key and body get the same answer again. Visible ASCII, bare or as a quoted string.")
    {
        MaxLength = FunctionsMonitor.Idempotency.IdempotencyKey.MaxLength,
    };

    /// <summary>A header.</summary>
    public static EndpointParameter WebhookOrigin { get; } = new(WebhookEndpoints.RequestOrigin, "string", "What the sender calls itself; a DNS name.");

    public static IReadOnlyList<EndpointParameter> None { get; } = [];

    public static IReadOnlyList<EndpointParameter> OfEvents { get; } = [Type, Source, From, To, Limit, Cursor];

    public static IReadOnlyList<EndpointParameter> OfStream { get; } = [Type, Source];

    public static IReadOnlyList<EndpointParameter> OfValidation { get; } = [From, To, Interval];

    public static IReadOnlyList<EndpointParameter> OfFlushes { get; } = [FlushLimit];

    public static IReadOnlyList<EndpointParameter> OfDeadLetters { get; } = [Reason, Type, Source, From, To, Replayed, Limit, Cursor];

    public static IReadOnlyList<EndpointParameter> OfOperations { get; } = [Limit, Cursor];
}
