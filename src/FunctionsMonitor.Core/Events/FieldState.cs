namespace FunctionsMonitor.Events;

public enum FieldState : byte
{
    Missing,

    /// <summary>Given once.</summary>
    Present,

    /// <summary>Given more than once; the last one counts, as JSON parsers do.</summary>
    Repeated,
}
