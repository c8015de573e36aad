using FunctionsMonitor.Events;

namespace FunctionsMonitor.Http.Responses;

/// <summary>Why an event was rejected.</summary>
/// <param name="Index">Its place in the request, from 0.</param>
/// <param name="Field">Absent when it is the event as a whole.</param>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Message">For people.</param>
public sealed record IngestErrorResponse(int Index, string? Field, string Code, string Message)
{
    public static IReadOnlyList<IngestErrorResponse> Of(IReadOnlyList<IngestError> errors) =>
        [.. errors.Select(error => new IngestErrorResponse(error.Index, error.Field, error.Code, error.Message))];
}
