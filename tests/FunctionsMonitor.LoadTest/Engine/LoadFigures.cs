namespace FunctionsMonitor.LoadTest.Engine;

/// <summary>What one run of a plan saw, of the part that is measured.</summary>
internal sealed record LoadFigures
{
    public required LoadPlan Plan { get; init; }

    public required int EventsPerRequest { get; init; }

    /// <summary>Requests that were answered as expected.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Successful answers that did not say what they should.</summary>
    public required long Unexpected { get; init; }

    /// <summary>Requests by the status that refused them.</summary>
    public required IReadOnlyDictionary<int, long> Refusals { get; init; }

    /// <summary>Connections that broke while they waited for an answer, warm-up included.</summary>
    public required long Broken { get; init; }

    /// <summary>Requests that had no answer when the time was over.</summary>
    public required long Unanswered { get; init; }

    /// <summary>Requests of an open loop that were due and that no connection was free for.</summary>
    public required long Unsent { get; init; }

    /// <summary>From when a request was meant to be sent until its answer was whole; those without an answer with what they waited.</summary>
    public required Latencies Latencies { get; init; }

    /// <summary>By how much an open loop sent later than it was meant to.</summary>
    public required Latencies Lateness { get; init; }

    public double RequestsPerSecond => Acknowledged / Plan.Duration.TotalSeconds;

    public double EventsPerSecond => RequestsPerSecond * EventsPerRequest;

    public long Failures => Unexpected + Refusals.Values.Sum() + Broken + Unanswered;

    /// <summary>The 99th percentile that clients would have seen that do not wait for each other.</summary>
    public double CorrectedP99 => Plan.Rate is not null || Acknowledged == 0
        ? Latencies.Milliseconds(99)
        : Latencies.Corrected(Plan.Duration * Plan.Connections / Acknowledged).Milliseconds(99);
}
