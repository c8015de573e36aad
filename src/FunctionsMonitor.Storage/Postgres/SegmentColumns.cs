using System.Globalization;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using NpgsqlTypes;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>The segments of one call, column by column.</summary>
internal sealed class SegmentColumns
{
    private readonly Column<Guid> ids = new("s_ids", NpgsqlDbType.Uuid);
    private readonly Column<Guid> incarnations = new("s_incarnations", NpgsqlDbType.Uuid);
    private readonly Column<long> numbers = new("s_numbers", NpgsqlDbType.Bigint);
    private readonly Column<int> counts = new("s_counts", NpgsqlDbType.Integer);
    private readonly Column<long> acceptedThrough = new("s_accepted_through", NpgsqlDbType.Bigint);
    private readonly Column<string> abandoned = new("s_abandoned", NpgsqlDbType.Text);
    private readonly Column<DateTime> createdAt = new("s_created_at", NpgsqlDbType.TimestampTz);
    private readonly Column<int> expired = new("s_expired", NpgsqlDbType.Integer);

    public IReadOnlyList<Column> All => [ids, incarnations, numbers, counts, acceptedThrough, abandoned, createdAt, expired];

    public void Add(SegmentHeader header, int expiredEvents)
    {
        ids.Add(header.Id);
        incarnations.Add(header.Incarnation);
        numbers.Add(header.Number);
        counts.Add(header.Count);
        acceptedThrough.Add(header.AcceptedThrough);
        // PostgreSQL has no arrays of arrays of different lengths: each is sent as its text.
        abandoned.Add($"{{{string.Join(',', header.Abandoned.Select(number => number.ToString(CultureInfo.InvariantCulture)))}}}");
        createdAt.Add(EventTime.FromMicroseconds(header.CreatedAt).UtcDateTime);
        expired.Add(expiredEvents);
    }
}
