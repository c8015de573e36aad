using System.Text;
using FunctionsMonitor.DeadLetters;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>Dead letters, beside the events because they are written in the flush's own transaction.</summary>
internal sealed class PostgresDeadLetterStore(NpgsqlDataSource source) : IDeadLetterStore
{
    private const string Columns = $"{PostgresEventRow.Columns}, position, reason, detail, died_at, replayed_at, replays";

    public async ValueTask<IReadOnlyList<DeadLetter>> ListAsync(
        DeadLetterFilter filter, DeadLetterId? after, int limit, CancellationToken cancellationToken)
    {
        var died = after is { } id ? await FindTimeOfDeathAsync(id, cancellationToken).ConfigureAwait(false) : null;
        var where = Conditions(filter);
        if (died is { } at && !(at < filter.From))
            where.And($"(died_at, segment_id, position) > ({where.Name(at.UtcDateTime)}, {where.Name(after!.Value.SegmentId)}, {where.Name(after.Value.Index)})");

        var count = where.Name(limit);
        return await source.QueryAsync(
            $"SELECT {Columns} FROM monitoring.dead_letters WHERE {where} ORDER BY died_at, segment_id, position LIMIT {count}", Read, cancellationToken,
            where.Values).ConfigureAwait(false);
    }

    public async ValueTask<DeadLetter?> FindAsync(DeadLetterId id, CancellationToken cancellationToken) =>
        (await source.QueryAsync(
            $"SELECT {Columns} FROM monitoring.dead_letters WHERE segment_id = $1 AND position = $2", Read, cancellationToken, id.SegmentId, id.Index)
            .ConfigureAwait(false)).SingleOrDefault();

    public async ValueTask<IReadOnlyDictionary<string, long>> CountByReasonAsync(DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        var where = Conditions(filter);
        var rows = await source.QueryAsync(
            $"SELECT reason, count(*) FROM monitoring.dead_letters WHERE {where} GROUP BY reason",
            row => (Reason: row.GetString(0), Count: row.GetInt64(1)), cancellationToken, where.Values).ConfigureAwait(false);
        return rows.ToDictionary(row => row.Reason, row => row.Count);
    }

    public async ValueTask<bool> MarkReplayedAsync(DeadLetterId id, DateTimeOffset at, CancellationToken cancellationToken) =>
        await source.ExecuteAsync(
            "UPDATE monitoring.dead_letters SET replayed_at = $3, replays = replays + 1 WHERE segment_id = $1 AND position = $2", cancellationToken,
            id.SegmentId, id.Index, at.UtcDateTime).ConfigureAwait(false) == 1;

    public async ValueTask<bool> DeleteAsync(DeadLetterId id, CancellationToken cancellationToken) =>
        await source.ExecuteAsync(
            "DELETE FROM monitoring.dead_letters WHERE segment_id = $1 AND position = $2", cancellationToken, id.SegmentId, id.Index)
            .ConfigureAwait(false) == 1;

    /// <summary>
    /// A page may end with a dead letter that is discarded before the next one is asked for. All of one segment died in one transaction, whose
    /// time its row keeps; once that is folded too, null, and the list starts again.
    /// </summary>
    private async ValueTask<DateTimeOffset?> FindTimeOfDeathAsync(DeadLetterId id, CancellationToken cancellationToken) =>
        (await source.QueryAsync(
            """
            SELECT coalesce(
                (SELECT died_at FROM monitoring.dead_letters WHERE segment_id = $1 LIMIT 1),
                (SELECT flushed_at FROM monitoring.flushed_segments WHERE segment_id = $1))
            """,
            row => row.IsDBNull(0) ? default(DateTimeOffset?) : row.GetTime(0), cancellationToken, id.SegmentId).ConfigureAwait(false)).Single();

    private static PostgresConditions Conditions(DeadLetterFilter filter)
    {
        var where = new PostgresConditions();
        where.And("died_at >=", filter.From?.UtcDateTime);
        where.And("died_at <", filter.To?.UtcDateTime);
        where.And("reason =", filter.Reason);
        where.And("event_type =", filter.EventType is { } type ? Encoding.UTF8.GetBytes(type) : null);
        where.And("source =", filter.Source is { } from ? Encoding.UTF8.GetBytes(from) : null);
        if (filter.Replayed is { } replayed)
            where.And(replayed ? "replayed_at IS NOT NULL" : "replayed_at IS NULL");
        return where;
    }

    private static DeadLetter Read(NpgsqlDataReader row)
    {
        var item = PostgresEventRow.Read(row);
        var next = PostgresEventRow.ColumnCount;
        return new DeadLetter
        {
            Id = new DeadLetterId(item.SegmentId, row.GetInt32(next)),
            Reason = row.GetString(next + 1),
            Detail = row.GetString(next + 2),
            DiedAt = row.GetTime(next + 3),
            ReplayedAt = row.IsDBNull(next + 4) ? null : row.GetTime(next + 4),
            Replays = row.GetInt32(next + 5),
            Event = item,
        };
    }
}
