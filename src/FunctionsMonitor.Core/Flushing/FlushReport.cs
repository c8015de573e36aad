namespace FunctionsMonitor.Flushing;

/// <summary>One flush, from its beginning to its end.</summary>
public sealed record FlushReport
{
    public required Guid FlushId { get; init; }

    /// <summary>What set it off: <c>timer</c>, <c>manual</c>, <c>shutdown</c>.</summary>
    public required string Trigger { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Who flushed: the instance's name.</summary>
    public required string Instance { get; init; }

    public required FlushOutcome Outcome { get; init; }

    /// <summary>The write path used; null when nothing was written.</summary>
    public string? Path { get; init; }

    /// <summary>Segments whose events are in the store now and that are gone from the buffer.</summary>
    public int Segments { get; init; }

    public long Events { get; init; }

    public long Stored { get; init; }

    public long Duplicates { get; init; }

    public long Dead { get; init; }

    public long Expired { get; init; }

    /// <summary>Attempts beyond the first, over all write calls.</summary>
    public int Retries { get; init; }

    /// <summary>Files moved to quarantine.</summary>
    public int Quarantined { get; init; }

    /// <summary>Segments that failed alone, or are stored and could not be deleted, and strays that could not be moved: left for another flush; the notes name them.</summary>
    public int PassedOver { get; init; }

    /// <summary>Events in segments that were passed over or are of a newer format.</summary>
    public long EventsLeft { get; init; }

    /// <summary>Segments stay because the cap on dead letters is reached; nothing helps but to replay or discard some.</summary>
    public bool DeadLettersFull { get; init; }

    /// <summary>Why paths were not used, why segments were passed over, and what failed, in words.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
