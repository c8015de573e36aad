using FunctionsMonitor.Flushing;
using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>
/// Turns old rows of flushed segments into sums. Only the unbroken run from an incarnation's first number is folded: a gap must stay visible
/// for as long as the incarnation is known.
/// </summary>
internal static class LedgerFolding
{
    /// <summary>Returns how many rows went.</summary>
    /// <param name="connection">With an open transaction.</param>
    /// <param name="deletedBefore">Microseconds since the Unix epoch; rows whose segment was deleted later stay.</param>
    public static long FoldInTransaction(SqliteConnection connection, long deletedBefore)
    {
        var incarnations = connection.Query(
            "SELECT DISTINCT incarnation FROM flushed_segments WHERE deleted_at < $before", row => row.GetKey(0), ("$before", deletedBefore));
        return incarnations.Sum(incarnation => Fold(connection, incarnation, deletedBefore));
    }

    private static long Fold(SqliteConnection connection, Guid incarnation, long deletedBefore)
    {
        var (through, accepted) = connection.Query(
            "SELECT folded_through, accepted FROM ledger_totals WHERE incarnation = $incarnation", row => (row.GetInt64(0), row.GetInt64(1)),
            ("$incarnation", incarnation.ToKey())).SingleOrDefault();
        var rows = ReadRows(connection, incarnation, deletedBefore);
        var abandoned = connection.Query(
            $"SELECT number FROM ({LedgerQueries.AbandonedByRows}) WHERE incarnation = $incarnation", row => row.GetInt64(0),
            ("$incarnation", incarnation.ToKey())).ToHashSet();
        var numbers = rows.ToLookup(row => row.Number);

        // A number that was folded before came back from a restored copy: its sums are in the books already.
        var going = rows.Where(row => row.Number <= through && row.IsOld).ToList();
        var folded = new List<Row>();
        for (var next = through + 1; next <= rows[^1].Number && numbers[next].All(row => row.IsOld) && (numbers.Contains(next) || abandoned.Contains(next)); next++)
        {
            folded.AddRange(numbers[next]);
            through = next;
        }

        if (folded.Count > 0)
            Add(connection, incarnation, accepted, folded, abandoned, through);
        foreach (var row in going.Concat(folded))
            connection.Execute("DELETE FROM flushed_segments WHERE segment_id = $id", ("$id", row.Id.ToKey()));
        return going.Count + folded.Count;
    }

    /// <summary>The rows up to the last old one, in order; there is an old one.</summary>
    private static List<Row> ReadRows(SqliteConnection connection, Guid incarnation, long deletedBefore) => connection.Query(
        """
        SELECT segment_id, number, count, accepted_through, stored, duplicates, dead, expired, coalesce(deleted_at < $before, 0)
        FROM flushed_segments
        WHERE incarnation = $incarnation
            AND number <= (SELECT max(number) FROM flushed_segments WHERE incarnation = $incarnation AND deleted_at < $before)
        ORDER BY number
        """,
        row => new Row(
            row.GetKey(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3),
            new SegmentCounts(row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7)), row.GetInt64(8) != 0),
        ("$incarnation", incarnation.ToKey()), ("$before", deletedBefore));

    private static void Add(
        SqliteConnection connection, Guid incarnation, long accepted, List<Row> folded, HashSet<long> abandoned, long through) => connection.Execute(
        """
        INSERT INTO ledger_totals (incarnation, folded_through, accepted, unacknowledged, stored, duplicates, dead, expired)
        VALUES ($incarnation, $through, $accepted, $unacknowledged, $stored, $duplicates, $dead, $expired)
        ON CONFLICT (incarnation) DO UPDATE SET
            folded_through = excluded.folded_through, accepted = excluded.accepted, unacknowledged = unacknowledged + excluded.unacknowledged,
            stored = stored + excluded.stored, duplicates = duplicates + excluded.duplicates, dead = dead + excluded.dead,
            expired = expired + excluded.expired
        """,
        ("$incarnation", incarnation.ToKey()), ("$through", through),
        // What an abandoned segment says of itself was never acknowledged.
        ("$accepted", folded.Where(row => !abandoned.Contains(row.Number)).Select(row => row.AcceptedThrough).Append(accepted).Max()),
        ("$unacknowledged", folded.Where(row => abandoned.Contains(row.Number)).Sum(row => row.Count)),
        ("$stored", folded.Sum(row => row.Counts.Stored)), ("$duplicates", folded.Sum(row => row.Counts.Duplicates)),
        ("$dead", folded.Sum(row => row.Counts.Dead)), ("$expired", folded.Sum(row => row.Counts.Expired)));

    /// <summary>What a flushed segment leaves.</summary>
    private sealed record Row(Guid Id, long Number, long Count, long AcceptedThrough, SegmentCounts Counts, bool IsOld);
}
