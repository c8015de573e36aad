using FunctionsMonitor.Events;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Http.Responses;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>What a client is told of an <see cref="IngestResult"/>.</summary>
internal static class IngestAnswers
{
    /// <returns>Null unless every event was rejected.</returns>
    public static Problem? Refusal(IngestResult result)
    {
        if (result is not { Accepted: 0, Rejected: > 0 })
            return null;

        var errors = IngestErrorResponse.Of(result.Errors);
        return Problem.Of(ProblemTypes.AllRejected, $"All {result.Rejected} events were rejected; nothing was kept.") with
        {
            Field = errors.Count > 0 ? errors[0].Field : null,
            Index = errors.Count > 0 ? errors[0].Index : null,
            Errors = errors,
            ErrorsTruncated = Truncated(result),
        };
    }

    public static IngestResponse Acknowledge(IngestResult result) =>
        new(result.Accepted, result.Rejected, result.SegmentId, IngestErrorResponse.Of(result.Errors)) { ErrorsTruncated = Truncated(result) };

    private static bool? Truncated(IngestResult result) => result.ErrorsTruncated ? true : null;
}
