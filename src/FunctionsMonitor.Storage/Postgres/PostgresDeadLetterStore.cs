using System.Globalization;
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
        var values = new List<object>();
        var sql = new StringBuilder($"SELECT {Columns} FROM monitoring.dead_letters WHERE {Conditions(filter, values)}");
        if (died is { } at && !(at < filter.From))
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND (died_at, segment_id, position) > (${values.Count + 1}, ${values.Count + 2}, ${values.Count + 3})");
            values.AddRange([at.UtcDateTime, after!.Value.SegmentId, after.Value.Index]);
        }

        values.Add(limit);
        sql.Append(CultureInfo.InvariantCulture, $" ORDER BY died_at, segment_id, position LIMIT ${values.Count}");
        return await source.QueryAsync(sql.ToString(), Read, cancellationToken, [.. values]).ConfigureAwait(false);
    }

    public async ValueTask<DeadLetter?> FindAsync(DeadLetterId id, CancellationToken cancellationToken) =>
        (await source.QueryAsync(
            $"SELECT {Columns} FROM monitoring.dead_letters WHERE segment_id = $1 AND position = $2", Read, cancellationToken, id.SegmentId, id.Index)
            .ConfigureAwait(false)).SingleOrDefault();

    public async ValueTask<IReadOnlyDictionary<string, long>> CountByReasonAsync(DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        var values = new List<object>();
        var rows = await source.QueryAsync(
            $"SELECT reason, count(*) FROM monitoring.dead_letters WHERE {Conditions(filter, values)} GROUP BY reason",
            row => (Reason: row.GetString(0), Count: row.GetInt64(1)), cancellationToken, [.. values]).ConfigureAwait(false);
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

    private static string Conditions(DeadLetterFilter filter, List<object> values)
    {
        var sql = new StringBuilder("true");
        void And(string condition, object? value)
        {
            if (value is null)
                return;

            values.Add(value);
            sql.Append(CultureInfo.InvariantCulture, $" AND {condition} ${values.Count}");
        }

        And("died_at >=", filter.From?.UtcDateTime);
        And("died_at <", filter.To?.UtcDateTime);
        And("reason =", filter.Reason);
        And("event_type =", filter.EventType is { } type ? Encoding.UTF8.GetBytes(type) : null);
        And("source =", filter.Source is { } from ? Encoding.UTF8.GetBytes(from) : null);
        if (filter.Replayed is { } replayed)
            sql.Append(replayed ? " AND replayed_at IS NOT NULL" : " AND replayed_at IS NULL");
        return sql.ToString();
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
