namespace FunctionsMonitor.TestSupport.Postgres;

/// <summary>How a server is stopped.</summary>
public enum PostgresStop
{
    /// <summary>Open transactions are rolled back, connections are closed with a word of farewell.</summary>
    Fast,

    /// <summary>Everything is dropped at once, as by a crash; the next start recovers from the log.</summary>
    Immediate,
}
