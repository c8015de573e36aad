using DurableCircuitBreaker.Protocol;

namespace DurableCircuitBreaker.Coordination;

/// <summary>How a change of the record ended.</summary>
/// <param name="Record">The new record when it was applied.</param>
/// <param name="SentAt">Timestamp of the write that was applied: what the record says "from now" begins there.</param>
/// <param name="Fault">Why it could not be applied; null when it was, or when there was nothing to change.</param>
internal readonly record struct RecordUpdate(BreakerRecord? Record, long SentAt, Exception? Fault)
{
    public static RecordUpdate NotNeeded => default;

    public bool IsApplied => Record is not null;

    public static RecordUpdate Applied(BreakerRecord record, long sentAt) => new(record, sentAt, null);

    public static RecordUpdate Failed(Exception fault) => new(null, 0, fault);
}
