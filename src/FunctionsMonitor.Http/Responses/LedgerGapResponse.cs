using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Http.Responses;

/// <summary>Segments of an incarnation that are nowhere.</summary>
/// <param name="Incarnation">The life of the process that numbered them.</param>
/// <param name="FromNumber">The first.</param>
/// <param name="ToNumber">The last.</param>
public sealed record LedgerGapResponse(Guid Incarnation, long FromNumber, long ToNumber)
{
    public static LedgerGapResponse Of(LedgerGap gap) => new(gap.Incarnation, gap.FromNumber, gap.ToNumber);
}
