namespace FunctionsMonitor.Flushing;

/// <summary>Numbers of an incarnation that are nowhere: not flushed, not waiting, not in quarantine, not abandoned.</summary>
public sealed record LedgerGap(Guid Incarnation, long FromNumber, long ToNumber);
