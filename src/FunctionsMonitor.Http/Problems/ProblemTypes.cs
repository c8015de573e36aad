using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Problems;

/// <summary>Every kind of problem that an answer can name. A code, once released, keeps its meaning.</summary>
public static class ProblemTypes
{
    public static ProblemType InvalidRequest { get; } = new("invalid-request", StatusCodes.Status400BadRequest, "The request is not valid HTTP.");

    public static ProblemType InvalidParameter { get; } = new("invalid-parameter", StatusCodes.Status400BadRequest, "A parameter has a value that it cannot have.");

    public static ProblemType UnknownParameter { get; } = new("unknown-parameter", StatusCodes.Status400BadRequest, "There is no such parameter.");

    public static ProblemType EmptyBody { get; } = new("empty-body", StatusCodes.Status400BadRequest, "The body is empty.");

    public static ProblemType MalformedJson { get; } = new("malformed-json", StatusCodes.Status400BadRequest, "The body is not the JSON that its content type says.");

    public static ProblemType InvalidUtf8 { get; } = new("invalid-utf8", StatusCodes.Status400BadRequest, "The body is not valid UTF-8.");

    public static ProblemType TooDeep { get; } = new("too-deep", StatusCodes.Status400BadRequest, "The body is nested too deeply.");

    public static ProblemType MalformedGzip { get; } = new("malformed-gzip", StatusCodes.Status400BadRequest, "The body is not the gzip that its encoding says.");

    public static ProblemType Unauthorized { get; } = new("unauthorized", StatusCodes.Status401Unauthorized, "A key is needed.");

    public static ProblemType WebhookNotAllowed { get; } = new("webhook-not-allowed", StatusCodes.Status403Forbidden, "The sender may not deliver here.");

    public static ProblemType NotFound { get; } = new("not-found", StatusCodes.Status404NotFound, "There is no such thing here.");

    public static ProblemType MethodNotAllowed { get; } = new("method-not-allowed", StatusCodes.Status405MethodNotAllowed, "The resource does not have this method.");

    public static ProblemType FlushInProgress { get; } = new("flush-in-progress", StatusCodes.Status409Conflict, "A flush is running.");

    public static ProblemType ReplayInProgress { get; } = new("replay-in-progress", StatusCodes.Status409Conflict, "A replay is running.");

    public static ProblemType IdempotencyKeyInUse { get; } = new("idempotency-key-in-use", StatusCodes.Status409Conflict, "A request with this key is being taken.");

    public static ProblemType BodyTooLarge { get; } = new("body-too-large", StatusCodes.Status413PayloadTooLarge, "The body has too many bytes.");

    public static ProblemType TooManyEvents { get; } = new("too-many-events", StatusCodes.Status413PayloadTooLarge, "The body has too many events.");

    public static ProblemType UnsupportedMediaType { get; } = new("unsupported-media-type", StatusCodes.Status415UnsupportedMediaType, "The content type is not supported.");

    public static ProblemType UnsupportedEncoding { get; } = new("unsupported-encoding", StatusCodes.Status415UnsupportedMediaType, "The content encoding is not supported.");

    public static ProblemType AllRejected { get; } = new("all-rejected", StatusCodes.Status422UnprocessableEntity, "Every event was rejected.");

    public static ProblemType IdempotencyKeyReused { get; } = new("idempotency-key-reused", StatusCodes.Status422UnprocessableEntity, "The key stands for another body.");

    public static ProblemType ReplayRefused { get; } = new("replay-refused", StatusCodes.Status422UnprocessableEntity, "The dead letter cannot be replayed as it is.");

    public static ProblemType BufferFull { get; } = new("buffer-full", StatusCodes.Status429TooManyRequests, "The buffer is over its cap.");

    public static ProblemType Internal { get; } = new("internal-error", StatusCodes.Status500InternalServerError, "Something failed that should not.");

    public static ProblemType BufferUnavailable { get; } = new("buffer-unavailable", StatusCodes.Status503ServiceUnavailable, "The events could not be made durable.");

    public static ProblemType SegmentStoreUnavailable { get; } = new("segment-store-unavailable", StatusCodes.Status503ServiceUnavailable, "The segment store does not answer.");

    public static ProblemType MetricsStoreUnavailable { get; } = new("metrics-store-unavailable", StatusCodes.Status503ServiceUnavailable, "The metrics store does not answer.");

    public static ProblemType StateStoreUnavailable { get; } = new("state-store-unavailable", StatusCodes.Status503ServiceUnavailable, "The breaker-state store does not answer.");

    public static ProblemType TooManySubscribers { get; } = new("too-many-subscribers", StatusCodes.Status503ServiceUnavailable, "The live feed takes no more subscribers.");

    public static ProblemType FlushFailed { get; } = new("flush-failed", StatusCodes.Status503ServiceUnavailable, "The flush failed; the segments stay in the buffer.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ProblemType> All { get; } =
    [
        InvalidRequest, InvalidParameter, UnknownParameter, EmptyBody, MalformedJson, InvalidUtf8, TooDeep, MalformedGzip, Unauthorized, WebhookNotAllowed,
        NotFound, MethodNotAllowed, FlushInProgress, ReplayInProgress, IdempotencyKeyInUse, BodyTooLarge, TooManyEvents, UnsupportedMediaType,
        UnsupportedEncoding, AllRejected, IdempotencyKeyReused, ReplayRefused, BufferFull, Internal, BufferUnavailable, SegmentStoreUnavailable, MetricsStoreUnavailable,
        StateStoreUnavailable, TooManySubscribers, FlushFailed,
    ];
}
