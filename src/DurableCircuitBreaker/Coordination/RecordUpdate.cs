namespace DurableCircuitBreaker.Coordination;

/// <summary>How a change of the record ended.</summary>
/// <param name="IsApplied">The store has it.</param>
/// <param name="Fault">Why it could not be applied; null when it was, or when there was nothing to change.</param>
internal readonly record struct RecordUpdate(bool IsApplied, Exception? Fault)
{
    public static RecordUpdate NotNeeded => default;

    public static RecordUpdate Applied => new(true, null);

    public static RecordUpdate Failed(Exception fault) => new(false, fault);
}
