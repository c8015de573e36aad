namespace FunctionsMonitor.Events;

public enum EventBodyFault
{
    /// <summary>No event in it.</summary>
    Empty,

    /// <summary>Not the JSON that its format asks for.</summary>
    Malformed,

    InvalidUtf8,

    /// <summary>Nested deeper than <see cref="IngestOptions.MaxDepth"/>.</summary>
    TooDeep,

    /// <summary>More bytes than <see cref="IngestOptions.MaxBodyBytes"/>.</summary>
    TooLarge,

    /// <summary>More events than <see cref="IngestOptions.MaxEvents"/>.</summary>
    TooManyEvents,
}
