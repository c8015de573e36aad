using System.Text.Json;
using FunctionsMonitor.Buffering;
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
        var all = ReadRows(connection, incarnation);
        var old = connection.Query(
            "SELECT segment_id FROM flushed_segments WHERE incarnation = $incarnation AND deleted_at < $before", row => row.GetKey(0),
            ("$incarnation", incarnation.ToKey()), ("$before", deletedBefore)).ToHashSet();
        var abandoned = all.SelectMany(row => row.Abandoned).ToHashSet();
        var rows = all.ToLookup(row => row.Name.Number);

        // A number that was folded before came back from a restored copy: its sums are in the books already.
        var going = all.Where(row => row.Name.Number <= through && old.Contains(row.Name.Id)).ToList();
        var folded = new List<SegmentRow>();
        for (var next = through + 1; rows[next].All(row => old.Contains(row.Name.Id)) && (rows.Contains(next) || abandoned.Contains(next)); next++)
        {
            folded.AddRange(rows[next]);
            through = next;
        }

        if (folded.Count > 0)
            Add(connection, incarnation, accepted, folded, abandoned, through);
        foreach (var row in going.Concat(folded))
            connection.Execute("DELETE FROM flushed_segments WHERE segment_id = $id", ("$id", row.Name.Id.ToKey()));
        return going.Count + folded.Count;
    }

    private static List<SegmentRow> ReadRows(SqliteConnection connection, Guid incarnation) => connection.Query(
        """
        SELECT segment_id, incarnation, number, count, accepted_through, abandoned, stored, duplicates, dead, expired
        FROM flushed_segments WHERE incarnation = $incarnation ORDER BY number
        """,
        row => new SegmentRow(
            new SegmentName(row.GetKey(0), row.GetKey(1), row.GetInt64(2), row.GetInt32(3), row.GetInt64(4)),
            new SegmentCounts(row.GetInt64(6), row.GetInt64(7), row.GetInt64(8), row.GetInt64(9)),
            ReadAbandoned(row.GetString(5))),
        ("$incarnation", incarnation.ToKey()));

    /// <summary>Nearly every row has none.</summary>
    private static IReadOnlyList<long> ReadAbandoned(string json) =>
        json == "[]" ? [] : JsonSerializer.Deserialize(json, StoreJson.Default.IReadOnlyListInt64)!;

    private static void Add(
        SqliteConnection connection, Guid incarnation, long accepted, List<SegmentRow> folded, HashSet<long> abandoned, long through) => connection.Execute(
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
        ("$accepted", folded.Where(row => !abandoned.Contains(row.Name.Number)).Select(row => row.Name.AcceptedThrough).Append(accepted).Max()),
        ("$unacknowledged", folded.Where(row => abandoned.Contains(row.Name.Number)).Sum(row => (long)row.Name.Count)),
        ("$stored", folded.Sum(row => row.Counts.Stored)), ("$duplicates", folded.Sum(row => row.Counts.Duplicates)),
        ("$dead", folded.Sum(row => row.Counts.Dead)), ("$expired", folded.Sum(row => row.Counts.Expired)));
}
