namespace FunctionsMonitor.LoadTest.Engine;

/// <summary>What a client knows of its request.</summary>
internal enum RequestOutcome
{
    /// <summary>A status of 200 to 299 and the answer that was expected: everything in it is owed.</summary>
    Acknowledged,

    /// <summary>Any other answer.</summary>
    Refused,

    /// <summary>No answer: the connection broke, or the time was over.</summary>
    Unknown,
}
