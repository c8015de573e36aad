namespace FunctionsMonitor.Http.Endpoints;

/// <summary>What a caller must be allowed to do. Operate includes read.</summary>
public enum EndpointAccess
{
    /// <summary>Everybody.</summary>
    Anonymous,

    /// <summary>Send events.</summary>
    Ingest,

    /// <summary>See events, figures and states.</summary>
    Read,

    /// <summary>Flush, replay, discard, isolate, reset.</summary>
    Operate,
}
