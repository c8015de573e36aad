namespace FunctionsMonitor.Storage.Postgres;

internal static class PostgresTime
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMillisecond / 1000;

    /// <summary>As Npgsql takes a <c>timestamptz</c>, which has microseconds too: nothing is rounded on the way.</summary>
    public static DateTime FromMicroseconds(long microseconds) =>
        new(DateTime.UnixEpoch.Ticks + (microseconds * TicksPerMicrosecond), DateTimeKind.Utc);

    public static DateTime FromMinute(long minute) => FromMicroseconds(minute * 60_000_000);
}
