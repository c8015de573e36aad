namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>How the store behaves for a while.</summary>
internal enum StoreWeather
{
    /// <summary>Answers in milliseconds, sometimes at once.</summary>
    Fine,

    /// <summary>Takes up to several seconds on either way, so that answers overtake each other and writes land after they were given up.</summary>
    Slow,

    /// <summary>Fails before it applies, applies and loses the answer, or says nothing at all.</summary>
    Flaky,

    /// <summary>Can be read but not written: a full disk, a role that lost its right.</summary>
    ReadOnly,

    /// <summary>Refuses.</summary>
    Down,

    /// <summary>Says nothing.</summary>
    Silent,
}
