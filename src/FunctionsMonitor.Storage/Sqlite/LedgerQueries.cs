using System.Text.Json;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;
using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Storage.Sqlite;

internal static class LedgerQueries
{
    /// <summary>What is known of one incarnation, or of all; inside the caller's transaction.</summary>
    public static IReadOnlyList<IncarnationRecord> Read(SqliteConnection connection, Guid? only = null)
    {
        // Without the condition where it is not wanted: "$only IS NULL OR …" would keep the planner from the index.
        var key = only?.ToKey();
        var condition = only is null ? "" : "WHERE incarnation = $only";
        var folded = connection.Query(
            $"""
            SELECT incarnation, folded_through, accepted, unacknowledged, stored, duplicates, dead, expired
            FROM ledger_totals {condition}
            """,
            row => (
                Incarnation: row.GetKey(0), Through: row.GetInt64(1), Accepted: row.GetInt64(2), Unacknowledged: row.GetInt64(3),
                Counts: new SegmentCounts(row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7))),
            ("$only", key)).ToDictionary(row => row.Incarnation);
        var rows = connection.Query(
            $"""
            SELECT segment_id, incarnation, number, count, accepted_through, abandoned, stored, duplicates, dead, expired
            FROM flushed_segments {condition} ORDER BY number
            """,
            row => new SegmentRow(
                new SegmentName(row.GetKey(0), row.GetKey(1), row.GetInt64(2), row.GetInt32(3), row.GetInt64(4)),
                new SegmentCounts(row.GetInt64(6), row.GetInt64(7), row.GetInt64(8), row.GetInt64(9)),
                ReadAbandoned(row.GetString(5))),
            ("$only", key)).ToLookup(row => row.Name.Incarnation);

        return
        [
            .. folded.Keys.Union(rows.Select(group => group.Key)).Select(incarnation =>
            {
                var past = folded.GetValueOrDefault(incarnation);
                return new IncarnationRecord
                {
                    Incarnation = incarnation,
                    FoldedThrough = past.Through,
                    FoldedAccepted = past.Accepted,
                    FoldedUnacknowledged = past.Unacknowledged,
                    Folded = past.Counts ?? new SegmentCounts(0, 0, 0, 0),
                    Rows = [.. rows[incarnation]],
                };
            }),
        ];
    }

    /// <summary>Nearly every row has none.</summary>
    private static IReadOnlyList<long> ReadAbandoned(string json) =>
        json == "[]" ? [] : JsonSerializer.Deserialize(json, StoreJson.Default.IReadOnlyListInt64)!;
}
