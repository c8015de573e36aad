namespace FunctionsMonitor.Flushing;

/// <summary>A page of stored events. Times are microseconds since the Unix epoch.</summary>
public sealed record EventQuery
{
    public string? Type { get; init; }

    public string? Source { get; init; }

    /// <summary>Inclusive.</summary>
    public long? From { get; init; }

    /// <summary>Exclusive.</summary>
    public long? To { get; init; }

    public required int Limit { get; init; }

    /// <summary>Only events before this key in the order (timestamp, id) descending; ids order by their 16 big-endian bytes.</summary>
    public EventKey? After { get; init; }
}
