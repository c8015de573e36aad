namespace FunctionsMonitor.LoadTest.Engine;

/// <summary>How much load, and for how long. Every run ends by itself.</summary>
internal sealed record LoadPlan
{
    /// <summary>At once; each has one request in flight at most.</summary>
    public required int Connections { get; init; }

    /// <summary>Load that is not measured, before the load that is.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(1);

    public required TimeSpan Duration { get; init; }

    /// <summary>
    /// An open loop: requests a second, sent when they are due and measured from then, whether or not a connection was free. Null for a closed
    /// loop, in which each connection sends its next request when it has its answer.
    /// </summary>
    public double? Rate { get; init; }

    /// <summary>How long answers are waited for after the last request; longer than a host holds a request back.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(40);
}
