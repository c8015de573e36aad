namespace FunctionsMonitor.Http.Responses;

/// <summary>A part that could not be read.</summary>
/// <param name="Part">The member that is absent for it: <c>last_flush</c>, <c>next_flush</c>, <c>ledger</c>, <c>dead_letters</c> or <c>last_operation_id</c>.</param>
/// <param name="Cause">Why.</param>
public sealed record SummaryFaultResponse(string Part, string Cause);
