using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>
/// What the server knows of every incarnation. Rows stay for a week, a million of them and more: the unbroken run of each incarnation comes as sums,
/// as if it had been folded, and only what the books have to look at one by one as rows. Row by row a million took four times as long and
/// 180 MB.
/// </summary>
/// <param name="source">Whose role may read both tables.</param>
/// <param name="rowsKept">
/// Rows at the end of a run that stay rows. A segment whose write was given up may have turned up and been flushed while the next one, whose header says
/// so, still waits: then the run ends with it, and what its row says must not be in a sum yet.
/// </param>
internal sealed class PostgresLedger(NpgsqlDataSource source, int rowsKept = 200)
{
    private const string FoldedSql =
        "SELECT incarnation, folded_through, accepted, unacknowledged, stored, duplicates, dead, expired FROM monitoring.ledger_totals";

    /// <summary>How far the unbroken run from each incarnation's first number goes, as <c>monitoring.fold_segments</c> has it. An index has all of it.</summary>
    private const string RunsSql =
        """
        SELECT incarnation, coalesce(
            min(greatest(step.before, totals.folded_through, 0)) FILTER (WHERE step.number > greatest(step.before, totals.folded_through, 0) + 1),
            max(step.number))
        FROM (
            SELECT incarnation, number, lag(number) OVER (PARTITION BY incarnation ORDER BY number) AS before
            FROM (
                SELECT incarnation, number FROM monitoring.flushed_segments
                UNION ALL
                SELECT incarnation, unnest(abandoned) FROM monitoring.flushed_segments WHERE abandoned <> '{}') AS numbers) AS step
        LEFT JOIN monitoring.ledger_totals AS totals USING (incarnation)
        GROUP BY incarnation
        """;

    private const string Runs = "unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS run (incarnation, folded, through)";

    /// <summary>Over all rows, whatever their number: to look each of them up in a list of runs would take three times as long.</summary>
    private const string SumsSql =
        "SELECT incarnation, sum(stored), sum(duplicates), sum(dead), sum(expired) FROM monitoring.flushed_segments GROUP BY incarnation";

    /// <summary>Events acknowledged through the end of what comes as a sum (a count that only grows), and those of segments that were given up and turned up.</summary>
    private const string PastSql =
        $$"""
        SELECT run.incarnation, coalesce(last.accepted_through, 0), coalesce(turned_up.events, 0)
        FROM {{Runs}}
        LEFT JOIN LATERAL (
            SELECT flushed.accepted_through
            FROM monitoring.flushed_segments AS flushed
            WHERE flushed.incarnation = run.incarnation AND flushed.number > run.folded AND flushed.number <= run.through AND NOT EXISTS (
                SELECT FROM monitoring.flushed_segments AS naming
                WHERE naming.incarnation = run.incarnation AND naming.abandoned <> '{}' AND flushed.number = ANY (naming.abandoned))
            ORDER BY flushed.number DESC LIMIT 1) AS last ON true
        LEFT JOIN LATERAL (
            SELECT sum(flushed.count) AS events
            FROM (
                SELECT DISTINCT unnest(naming.abandoned) AS number FROM monitoring.flushed_segments AS naming
                WHERE naming.incarnation = run.incarnation AND naming.abandoned <> '{}') AS abandoned
            JOIN monitoring.flushed_segments AS flushed ON flushed.incarnation = run.incarnation AND flushed.number = abandoned.number
            WHERE abandoned.number > run.folded AND abandoned.number <= run.through) AS turned_up ON true
        """;

    private const string RowsSql =
        $"""
        SELECT
            flushed.segment_id, flushed.incarnation, flushed.number, flushed.count, flushed.accepted_through, flushed.abandoned, flushed.stored,
            flushed.duplicates, flushed.dead, flushed.expired
        FROM {Runs}
        CROSS JOIN LATERAL (
            SELECT * FROM monitoring.flushed_segments AS later WHERE later.incarnation = run.incarnation AND later.number > run.through
            UNION ALL
            SELECT * FROM monitoring.flushed_segments AS earlier WHERE earlier.incarnation = run.incarnation AND earlier.number <= run.folded) AS flushed
        ORDER BY flushed.incarnation, flushed.number
        """;

    public async ValueTask<IReadOnlyList<IncarnationRecord>> ReadAsync(CancellationToken cancellationToken)
    {
        // One snapshot for all: between two, the retention could fold a row away and it would be in neither.
        await using var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);

        var records = new Dictionary<Guid, IncarnationRecord>();
        var runs = new List<(Guid Incarnation, long Folded, long Through)>();
        await using (var first = new NpgsqlBatch(connection, transaction) { BatchCommands = { new(FoldedSql), new(RunsSql), new(SumsSql) } })
        await using (var reader = await first.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var incarnation = reader.GetGuid(0);
                records[incarnation] = Record(incarnation) with
                {
                    FoldedThrough = reader.GetInt64(1),
                    FoldedAccepted = reader.GetInt64(2),
                    FoldedUnacknowledged = reader.GetInt64(3),
                    Folded = new SegmentCounts(reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7)),
                };
            }

            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var incarnation = reader.GetGuid(0);
                var folded = records.TryAdd(incarnation, Record(incarnation)) ? 0 : records[incarnation].FoldedThrough;
                runs.Add((incarnation, folded, Math.Max(folded, reader.GetInt64(1) - rowsKept)));
            }

            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                Add(records, reader.GetGuid(0), new SegmentCounts(reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4)), 1);
        }

        await using var second = new NpgsqlBatch(connection, transaction) { BatchCommands = { Command(PastSql, runs), Command(RowsSql, runs) } };
        await using var rest = await second.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var through = runs.ToDictionary(run => run.Incarnation, run => run.Through);
        while (await rest.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var past = records[rest.GetGuid(0)];
            records[past.Incarnation] = past with
            {
                FoldedThrough = through[past.Incarnation],
                FoldedAccepted = Math.Max(past.FoldedAccepted, rest.GetInt64(1)),
                FoldedUnacknowledged = past.FoldedUnacknowledged + rest.GetInt64(2),
            };
        }

        await rest.NextResultAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<SegmentRow>();
        while (await rest.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(new SegmentRow(
                new SegmentName(rest.GetGuid(0), rest.GetGuid(1), rest.GetInt64(2), rest.GetInt32(3), rest.GetInt64(4)),
                new SegmentCounts(rest.GetInt32(6), rest.GetInt32(7), rest.GetInt32(8), rest.GetInt32(9)), rest.GetFieldValue<long[]>(5)));
        }

        foreach (var group in rows.GroupBy(row => row.Name.Incarnation))
        {
            records[group.Key] = records[group.Key] with { Rows = [.. group] };
            // A row that comes by itself is no part of the sum.
            Add(
                records, group.Key,
                new SegmentCounts(
                    group.Sum(row => row.Counts.Stored), group.Sum(row => row.Counts.Duplicates), group.Sum(row => row.Counts.Dead),
                    group.Sum(row => row.Counts.Expired)),
                -1);
        }

        return [.. records.Values];
    }

    private static void Add(Dictionary<Guid, IncarnationRecord> records, Guid incarnation, SegmentCounts counts, int sign)
    {
        var record = records[incarnation];
        records[incarnation] = record with
        {
            Folded = new SegmentCounts(
                record.Folded.Stored + (sign * counts.Stored), record.Folded.Duplicates + (sign * counts.Duplicates),
                record.Folded.Dead + (sign * counts.Dead), record.Folded.Expired + (sign * counts.Expired)),
        };
    }

    private static NpgsqlBatchCommand Command(string sql, List<(Guid Incarnation, long Folded, long Through)> runs) => new(sql)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid[]> { TypedValue = [.. runs.Select(run => run.Incarnation)] },
            new NpgsqlParameter<long[]> { TypedValue = [.. runs.Select(run => run.Folded)] },
            new NpgsqlParameter<long[]> { TypedValue = [.. runs.Select(run => run.Through)] },
        },
    };

    private static IncarnationRecord Record(Guid incarnation) => new()
    {
        Incarnation = incarnation,
        FoldedThrough = 0,
        FoldedAccepted = 0,
        FoldedUnacknowledged = 0,
        Folded = new SegmentCounts(0, 0, 0, 0),
        Rows = [],
    };
}
