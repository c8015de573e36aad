using System.Data;
using System.Text.Json;
using FunctionsMonitor.Flushing;
using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>Adds up the rows of flushed segments where they are.</summary>
internal static class LedgerQueries
{
    /// <summary>The numbers that headers list as abandoned. Nearly every row has none.</summary>
    public const string AbandonedByRows =
        "SELECT s.incarnation, n.value AS number FROM flushed_segments AS s, json_each(s.abandoned) AS n WHERE s.abandoned <> '[]'";

    public static IReadOnlyList<IncarnationRecord> ReadInTransaction(SqliteConnection connection, IReadOnlyCollection<SegmentNumber> abandoned)
    {
        var books = new LedgerRecords();
        Read(
            connection, "SELECT incarnation, folded_through, accepted, unacknowledged, stored, duplicates, dead, expired FROM ledger_totals",
            books.AddFolded);

        // What an abandoned segment says of itself was never acknowledged. A row whose number was folded before is in those sums already.
        Read(
            connection,
            $"""
            WITH abandoned AS MATERIALIZED (
                SELECT unhex(value ->> 0) AS incarnation, value ->> 1 AS number FROM json_each($given)
                UNION
                {AbandonedByRows}
            )
            SELECT
                s.incarnation,
                coalesce(max(s.accepted_through) FILTER (WHERE s.number > coalesce(t.folded_through, 0) AND a.number IS NULL), 0),
                coalesce(sum(s.count) FILTER (WHERE s.number > coalesce(t.folded_through, 0) AND a.number IS NOT NULL), 0),
                sum(s.stored), sum(s.duplicates), sum(s.dead), sum(s.expired)
            FROM flushed_segments AS s
            LEFT JOIN ledger_totals AS t ON t.incarnation = s.incarnation
            LEFT JOIN abandoned AS a ON a.incarnation = s.incarnation AND a.number = s.number
            GROUP BY s.incarnation
            """,
            books.AddSums, ("$given", ToJson(abandoned)));

        // Numbers that follow one another are as far from their rank as the first of them.
        Read(
            connection,
            """
            SELECT incarnation, min(number), max(number)
            FROM (SELECT incarnation, number, number - dense_rank() OVER (PARTITION BY incarnation ORDER BY number) AS run FROM flushed_segments)
            GROUP BY incarnation, run
            ORDER BY incarnation, min(number)
            """,
            books.AddRun);

        Read(connection, $"SELECT DISTINCT * FROM ({AbandonedByRows}) ORDER BY incarnation, number", books.AddAbandoned);
        return books.ToList();
    }

    private static void Read(
        SqliteConnection connection, string sql, Action<Guid, IDataRecord> add, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Command(sql, parameters);
        using var reader = command.ExecuteReader();
        while (reader.Read())
            add(reader.GetKey(0), reader);
    }

    /// <summary>Pairs of an incarnation in hex and a number: SQLite takes no arrays.</summary>
    private static string ToJson(IReadOnlyCollection<SegmentNumber> numbers)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            foreach (var (incarnation, number) in numbers)
            {
                json.WriteStartArray();
                json.WriteStringValue(Convert.ToHexString(incarnation.ToKey()));
                json.WriteNumberValue(number);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        return System.Text.Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}
