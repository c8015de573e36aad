using DurableCircuitBreaker;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Http.Bodies;
using FunctionsMonitor.Idempotency;
using FunctionsMonitor.Live;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Problems;

/// <summary>What each exception of the program means to a client.</summary>
internal static class ExceptionProblems
{
    private static readonly TimeSpan RetrySoon = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryLater = TimeSpan.FromSeconds(30);

    /// <returns>Null for an exception that nobody foresaw.</returns>
    public static Problem? TryDescribe(Exception exception) => exception switch
    {
        ProblemException own => own.Problem,
        EventBodyException body => Problem.Of(TypeOf(body.Fault), body.Message) with { Index = body.Index, Offset = body.Offset },
        BufferFullException full => Problem.Of(ProblemTypes.BufferFull, full.Message) with { RetryAfter = full.RetryAfter },
        BufferUnavailableException unavailable => Problem.Of(ProblemTypes.BufferUnavailable, unavailable.Message) with
        {
            Code = unavailable.Code,
            RetryAfter = unavailable.RetryAfter,
        },
        FlushInProgressException running => Problem.Of(ProblemTypes.FlushInProgress, running.Message) with { FlushId = running.RunningFlushId },
        ReplayInProgressException running => Problem.Of(ProblemTypes.ReplayInProgress, running.Message),
        IdempotencyException idempotency => Problem.Of(TypeOf(idempotency.Fault), idempotency.Message) with
        {
            Field = idempotency.Fault == IdempotencyFault.StoreUnavailable ? null : IdempotencyHeaders.Key,
            RetryAfter = idempotency.RetryAfter,
        },
        MetricsStoreUnavailableException store => Problem.Of(ProblemTypes.MetricsStoreUnavailable, store.Message) with { RetryAfter = store.RetryAfter },
        SegmentStoreException store => Problem.Of(ProblemTypes.SegmentStoreUnavailable, store.Message) with { RetryAfter = RetrySoon },
        BreakerStoreException store => Problem.Of(ProblemTypes.StateStoreUnavailable, store.Message) with { RetryAfter = RetrySoon },
        TooManySubscribersException full => Problem.Of(ProblemTypes.TooManySubscribers, full.Message) with { RetryAfter = RetryLater },
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } tooLarge => Problem.Of(ProblemTypes.BodyTooLarge, tooLarge.Message),
        // Kestrel's words for the size of a chunk that is too large for it; of all that is wrong with a body only this is not a BadHttpRequestException.
        IOException { InnerException: OverflowException } chunk => Problem.Of(ProblemTypes.InvalidRequest, chunk.Message),
        BadHttpRequestException bad => Problem.Of(ProblemTypes.InvalidRequest, bad.Message) with { Status = bad.StatusCode },
        _ => null,
    };

    private static ProblemType TypeOf(IdempotencyFault fault) => fault switch
    {
        IdempotencyFault.KeyReused => ProblemTypes.IdempotencyKeyReused,
        IdempotencyFault.InProgress => ProblemTypes.IdempotencyKeyInUse,
        _ => ProblemTypes.StateStoreUnavailable,
    };

    private static ProblemType TypeOf(EventBodyFault fault) => fault switch
    {
        EventBodyFault.Empty => ProblemTypes.EmptyBody,
        EventBodyFault.Malformed => ProblemTypes.MalformedJson,
        EventBodyFault.InvalidUtf8 => ProblemTypes.InvalidUtf8,
        EventBodyFault.TooDeep => ProblemTypes.TooDeep,
        EventBodyFault.TooLarge => ProblemTypes.BodyTooLarge,
        EventBodyFault.TooManyEvents => ProblemTypes.TooManyEvents,
        _ => ProblemTypes.MalformedJson,
    };
}
