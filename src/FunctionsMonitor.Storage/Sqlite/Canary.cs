using FunctionsMonitor.Events;
using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>
/// The event that tells a bad row from a bad table: written by the same statement, time = now, and rolled back. If it is refused too, the
/// table is at fault, and believing the rows would end a whole day among the dead letters. It flies for every refusal anew: a quota that
/// some trigger keeps can be reached between two rows.
/// </summary>
internal static class Canary
{
    /// <summary>Returns when the table takes an event, so that the refusal was about the row.</summary>
    /// <param name="connection">With an open transaction, which the refused row has left whole.</param>
    /// <param name="statements">Of that transaction.</param>
    /// <param name="now">The canary's time.</param>
    /// <param name="refusal">What is in doubt.</param>
    /// <exception cref="MetricsPathException">The table takes nothing.</exception>
    /// <exception cref="SqliteException">Anything that is not about data, as it is.</exception>
    public static void Fly(SqliteConnection connection, EventStatements statements, DateTimeOffset now, RowRefusal refusal)
    {
        // RAISE(ROLLBACK) ends the whole transaction: what would follow would be committed row by row.
        if (!connection.IsInTransaction())
            throw new MetricsPathException($"The store rolled back the whole batch over one event ({refusal.Reason}): {refusal.Detail}");

        var micros = EventTime.ToMicroseconds(now);
        var canary = new MonitoringEvent
        {
            Id = Guid.CreateVersion7(now),
            Timestamp = micros,
            ReceivedAt = micros,
            Marks = EventMarks.None,
            ValidationNanoseconds = 0,
            Errors = 0,
            Warnings = 0,
            Type = "functionsmonitor.canary"u8.ToArray(),
            Source = "functionsmonitor"u8.ToArray(),
            Data = "{}"u8.ToArray(),
            Metadata = null,
            Issues = null,
        };
        connection.Execute("SAVEPOINT canary");
        try
        {
            if (!statements.Insert(canary))
                throw new MetricsPathException($"The store keeps no event at all ({refusal.Reason}): {refusal.Detail}");
        }
        catch (SqliteException exception) when (SqliteErrors.IsData(exception.SqliteErrorCode))
        {
            throw new MetricsPathException($"The store refuses any event, not only one: {exception.Message}", exception);
        }
        finally
        {
            if (connection.IsInTransaction())
                connection.Execute("ROLLBACK TO canary; RELEASE canary");
        }
    }
}
