namespace FunctionsMonitor.IntegrationTests.Chaos;

/// <summary>The settings of a host whose metrics are in PostgreSQL, with breaks and pauses short enough for a test.</summary>
internal static class PostgresHost
{
    /// <summary>Every statement of a flush by the first way in, in its order.</summary>
    public static IReadOnlyList<string> FlushSteps { get; } =
    [
        "monitoring.ensure_partitions(", "FROM monitoring.flushed_segments WHERE segment_id", "count(*) FROM monitoring.dead_letters", "monitoring.ingest_segments(",
        "UPDATE monitoring.flushed_segments SET deleted_at", "INSERT INTO monitoring.flushes",
    ];

    public static Dictionary<string, string> Settings(string connectionString) => new()
    {
        ["ConnectionStrings__Postgres"] = connectionString,
        ["Resilience__Default__RetryDelay"] = "00:00:00.050",
        ["Resilience__Default__BreakDuration"] = "00:00:00.500",
        ["Resilience__Default__MaxBreakDuration"] = "00:00:00.500",
        // A killed process may have been the one that probes.
        ["Resilience__Default__ProbeLease"] = "00:00:06",
        ["Resilience__Default__RefreshInterval"] = "00:00:00.100",
        ["MONITORING_METRICS_FLUSH_INTERVAL"] = "1",
        ["MONITORING_BATCH_SIZE"] = "20",
        ["FlushTimer__TickInterval"] = "00:00:00.200",
    };

    /// <summary>Waits until a flush of this host has come to that statement, and says what the host said when none did.</summary>
    public static async Task ComesAsync(LocalHostProcess host, string step, Task fault)
    {
        try
        {
            await fault;
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"No flush came to '{step}'. The host said:\n{host.Output}", exception);
        }
    }
}
