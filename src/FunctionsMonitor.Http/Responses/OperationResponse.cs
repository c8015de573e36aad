using FunctionsMonitor.Operations;

namespace FunctionsMonitor.Http.Responses;

/// <summary>One act of an operator.</summary>
/// <param name="Id">Orders by time.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Who, as far as the host knows.</param>
/// <param name="Action"><c>flush</c>, <c>replay</c>, <c>discard</c>, <c>isolate</c> or <c>reset</c>.</param>
/// <param name="Target">What it was done to.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Instance">Where it was done.</param>
public sealed record OperationResponse(Guid Id, DateTimeOffset At, string Actor, string Action, string Target, string Outcome, string Instance)
{
    public static OperationResponse Of(OperationEntry entry) =>
        new(entry.Id, entry.At, entry.Actor, entry.Action, entry.Target, entry.Outcome, entry.Instance);
}
