using System.Data;
using FunctionsMonitor.Flushing;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>
/// Adds up the rows of flushed segments where they are: of a million rows 145 MiB came over the wire before, and now a row for every gap does.
/// </summary>
internal static class PostgresLedger
{
    private const string FoldedSql =
        "SELECT incarnation, folded_through, accepted, unacknowledged, stored, duplicates, dead, expired FROM monitoring.ledger_totals";

    private const string AbandonedByRows =
        """
        SELECT s.incarnation, n.number
        FROM monitoring.flushed_segments AS s CROSS JOIN unnest(s.abandoned) AS n (number) WHERE s.abandoned <> '{}'
        """;

    /// <summary>What an abandoned segment says of itself was never acknowledged. A row whose number was folded before is in those sums already.</summary>
    private const string SumsSql =
        $"""
        WITH abandoned AS MATERIALIZED (
            SELECT incarnation, number FROM unnest($1::uuid[], $2::bigint[]) AS given (incarnation, number)
            UNION
            {AbandonedByRows}
        )
        SELECT
            s.incarnation,
            coalesce(max(s.accepted_through) FILTER (WHERE s.number > coalesce(t.folded_through, 0) AND a.number IS NULL), 0),
            coalesce(sum(s.count) FILTER (WHERE s.number > coalesce(t.folded_through, 0) AND a.number IS NOT NULL), 0),
            sum(s.stored), sum(s.duplicates), sum(s.dead), sum(s.expired)
        FROM monitoring.flushed_segments AS s
        LEFT JOIN monitoring.ledger_totals AS t USING (incarnation)
        LEFT JOIN abandoned AS a ON a.incarnation = s.incarnation AND a.number = s.number
        GROUP BY s.incarnation
        """;

    /// <summary>
    /// Where a run begins, the number before it ended the last one. One pass along the index, without the sort and the grouping that ranks would need.
    /// </summary>
    private const string RunsSql =
        """
        SELECT
            incarnation, number,
            coalesce(
                lead(before) OVER (PARTITION BY incarnation ORDER BY number),
                (SELECT max(number) FROM monitoring.flushed_segments AS s WHERE s.incarnation = numbered.incarnation))
        FROM (
            SELECT incarnation, number, lag(number) OVER (PARTITION BY incarnation ORDER BY number) AS before
            FROM monitoring.flushed_segments) AS numbered
        WHERE before IS NULL OR number > before + 1
        ORDER BY incarnation, number
        """;

    private const string AbandonedSql = $"SELECT DISTINCT * FROM ({AbandonedByRows}) AS listed ORDER BY incarnation, number";

    public static async ValueTask<IReadOnlyList<IncarnationRecord>> ReadAsync(
        NpgsqlDataSource source, IReadOnlyCollection<SegmentNumber> abandoned, CancellationToken cancellationToken)
    {
        // One snapshot for all: between two, the retention could fold a row away and it would be in neither.
        await using var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
        var sums = new NpgsqlBatchCommand(SumsSql)
        {
            Parameters =
            {
                new() { Value = abandoned.Select(segment => segment.Incarnation).ToArray() },
                new() { Value = abandoned.Select(segment => segment.Number).ToArray() },
            },
        };
        await using var all = new NpgsqlBatch(connection, transaction) { BatchCommands = { new(FoldedSql), sums, new(RunsSql), new(AbandonedSql) } };
        await using var reader = await all.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);

        var books = new LedgerRecords();
        foreach (var add in (Action<Guid, IDataRecord>[])[books.AddFolded, books.AddSums, books.AddRun, books.AddAbandoned])
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                add(reader.GetGuid(0), reader);
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }

        return books.ToList();
    }
}
