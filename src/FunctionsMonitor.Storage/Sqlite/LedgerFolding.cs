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
        var record = LedgerQueries.Read(connection, incarnation).Single();
        var old = connection.Query(
            "SELECT segment_id FROM flushed_segments WHERE incarnation = $incarnation AND deleted_at < $before", row => row.GetKey(0),
            ("$incarnation", incarnation.ToKey()), ("$before", deletedBefore)).ToHashSet();
        var abandoned = record.Rows.SelectMany(row => row.Abandoned).ToHashSet();
        var rows = record.Rows.ToLookup(row => row.Name.Number);

        // A number that was folded before came back from a restored copy: its sums are in the books already.
        var going = record.Rows.Where(row => row.Name.Number <= record.FoldedThrough && old.Contains(row.Name.Id)).ToList();
        var folded = new List<SegmentRow>();
        var through = record.FoldedThrough;
        for (var next = through + 1; rows[next].All(row => old.Contains(row.Name.Id)) && (rows.Contains(next) || abandoned.Contains(next)); next++)
        {
            folded.AddRange(rows[next]);
            through = next;
        }

        if (folded.Count > 0)
            Add(connection, record, folded, abandoned, through);
        foreach (var row in going.Concat(folded))
            connection.Execute("DELETE FROM flushed_segments WHERE segment_id = $id", ("$id", row.Name.Id.ToKey()));
        return going.Count + folded.Count;
    }

    private static void Add(
        SqliteConnection connection, IncarnationRecord record, List<SegmentRow> folded, HashSet<long> abandoned, long through) => connection.Execute(
        """
        INSERT INTO ledger_totals (incarnation, folded_through, accepted, unacknowledged, stored, duplicates, dead, expired)
        VALUES ($incarnation, $through, $accepted, $unacknowledged, $stored, $duplicates, $dead, $expired)
        ON CONFLICT (incarnation) DO UPDATE SET
            folded_through = excluded.folded_through, accepted = excluded.accepted, unacknowledged = unacknowledged + excluded.unacknowledged,
            stored = stored + excluded.stored, duplicates = duplicates + excluded.duplicates, dead = dead + excluded.dead,
            expired = expired + excluded.expired
        """,
        ("$incarnation", record.Incarnation.ToKey()), ("$through", through),
        // What an abandoned segment says of itself was never acknowledged.
        ("$accepted", folded.Where(row => !abandoned.Contains(row.Name.Number)).Select(row => row.Name.AcceptedThrough).Append(record.FoldedAccepted).Max()),
        ("$unacknowledged", folded.Where(row => abandoned.Contains(row.Name.Number)).Sum(row => (long)row.Name.Count)),
        ("$stored", folded.Sum(row => row.Counts.Stored)), ("$duplicates", folded.Sum(row => row.Counts.Duplicates)),
        ("$dead", folded.Sum(row => row.Counts.Dead)), ("$expired", folded.Sum(row => row.Counts.Expired)));
}
