using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>
/// Writes a <see cref="CanaryEvent"/> by the very statement that was refused. It flies for every refusal anew: a quota that some trigger keeps can be
/// reached between two rows.
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

        connection.Execute("SAVEPOINT canary");
        try
        {
            if (!statements.Insert(CanaryEvent.At(now)))
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
