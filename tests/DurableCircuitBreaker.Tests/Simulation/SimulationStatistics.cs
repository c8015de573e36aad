namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>What a simulation has been through.</summary>
internal sealed record SimulationStatistics
{
    public TimeSpan Duration { get; set; }

    public int Calls { get; set; }

    public int Rejections { get; set; }

    public int SharedProbes { get; set; }

    public int LocalProbes { get; set; }

    public int Writes { get; set; }

    public int LostRaces { get; set; }

    public int LostAnswers { get; set; }

    public int LateWrites { get; set; }

    /// <summary>Leases that came too late for their call and were given back by a later one.</summary>
    public int GivenBack { get; set; }

    public int Opened { get; set; }

    public int Closed { get; set; }

    public int Crashes { get; set; }

    public int Pauses { get; set; }

    public int Isolations { get; set; }

    public int Unreadable { get; set; }

    public int PassedInUnknown { get; set; }
}
