using FunctionsMonitor.Flushing;
using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>
/// Turns old rows of flushed segments into sums. Only the unbroken run from an incarnation's first number is folded: a gap must stay visible
/// for as long as the incarnation is known.
/// </summary>
internal static class LedgerFolding
{
    /// <summary>Inside the caller's transaction; returns how many rows went.</summary>
    /// <param name="connection">With an open transaction.</param>
    /// <param name="deletedBefore">Microseconds; rows whose segment was deleted later stay.</param>
    public static long Fold(SqliteConnection connection, long deletedBefore)
    {
        var incarnations = connection.Query(
            "SELECT DISTINCT incarnation FROM flushed_segments WHERE deleted_at < $before", row => row.GetKey(0), ("$before", deletedBefore));
        return incarnations.Sum(incarnation => Fold(connection, incarnation, deletedBefore));
    }

    private static long Fold(SqliteConnection connection, Guid incarnation, long deletedBefore)
    {
        var record = LedgerQueries.Read(connection, incarnation).Single();
        var old = connection.Query(
            "SELECT number FROM flushed_segments WHERE incarnation = $incarnation AND deleted_at < $before", row => row.GetInt64(0),
            ("$incarnation", incarnation.ToKey()), ("$before", deletedBefore)).ToHashSet();
        var abandoned = record.Rows.SelectMany(row => row.Abandoned).ToHashSet();
        var rows = record.Rows.ToDictionary(row => row.Name.Number);

        var folded = new List<SegmentRow>();
        var through = record.FoldedThrough;
        for (var next = through + 1; ; next++)
        {
            if (rows.TryGetValue(next, out var row) && old.Contains(next))
                folded.Add(row);
            else if (rows.ContainsKey(next) || !abandoned.Contains(next))
                break;
            through = next;
        }

        // The row that lists an abandoned number must not go before that number is passed: it is what excuses the hole.
        if (folded.Count == 0)
            return 0;

        var acknowledged = folded.Where(row => !abandoned.Contains(row.Name.Number)).Select(row => row.Name.AcceptedThrough).Append(record.FoldedAccepted).Max();
        var unacknowledged = folded.Where(row => abandoned.Contains(row.Name.Number)).Sum(row => (long)row.Name.Count);
        connection.Execute(
            """
            INSERT INTO ledger_totals (incarnation, folded_through, accepted, unacknowledged, stored, duplicates, dead, expired)
            VALUES ($incarnation, $through, $accepted, $unacknowledged, $stored, $duplicates, $dead, $expired)
            ON CONFLICT (incarnation) DO UPDATE SET
                folded_through = excluded.folded_through, accepted = excluded.accepted, unacknowledged = unacknowledged + excluded.unacknowledged,
                stored = stored + excluded.stored, duplicates = duplicates + excluded.duplicates, dead = dead + excluded.dead,
                expired = expired + excluded.expired
            """,
            ("$incarnation", incarnation.ToKey()), ("$through", through), ("$accepted", acknowledged), ("$unacknowledged", unacknowledged),
            ("$stored", folded.Sum(row => row.Counts.Stored)), ("$duplicates", folded.Sum(row => row.Counts.Duplicates)),
            ("$dead", folded.Sum(row => row.Counts.Dead)), ("$expired", folded.Sum(row => row.Counts.Expired)));
        return connection.Execute(
            "DELETE FROM flushed_segments WHERE incarnation = $incarnation AND number <= $through",
            ("$incarnation", incarnation.ToKey()), ("$through", through));
    }
}
