namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>The embedded stores. Section <c>Sqlite</c>.</summary>
public sealed class SqliteOptions
{
    public const string Section = "Sqlite";

    /// <summary>How long a statement waits for another process's lock.</summary>
    /// <value>5 seconds; 0 to 1 minute.</value>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
