namespace FunctionsMonitor.DeadLetters;

/// <summary>Which dead letters are meant; every part that is set must hold.</summary>
public sealed record DeadLetterFilter
{
    public string? Reason { get; init; }

    public string? EventType { get; init; }

    public string? Source { get; init; }

    /// <summary>Died at or after.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Died before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>True: only those that were put back; false: only those that never were.</summary>
    public bool? Replayed { get; init; }
}
