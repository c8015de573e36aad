using System.Text;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using NpgsqlTypes;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>Totals of rejected events, column by column.</summary>
internal sealed class RejectedColumns
{
    private readonly Column<Guid> segmentIds = new("j_segment_ids", NpgsqlDbType.Uuid);
    private readonly Column<DateTime> minutes = new("j_minutes", NpgsqlDbType.TimestampTz);
    private readonly Column<ReadOnlyMemory<byte>> types = new("j_types", NpgsqlDbType.Text);
    private readonly Column<long> counts = new("j_counts", NpgsqlDbType.Bigint);
    private readonly Column<long> errors = new("j_errors", NpgsqlDbType.Bigint);
    private readonly Column<long> warnings = new("j_warnings", NpgsqlDbType.Bigint);
    private readonly Column<long> validation = new("j_validation_ns", NpgsqlDbType.Bigint);

    public IReadOnlyList<Column> All => [segmentIds, minutes, types, counts, errors, warnings, validation];

    public void Add(Guid segmentId, RejectedTotal total)
    {
        segmentIds.Add(segmentId);
        minutes.Add(EventTime.FromMinute(total.Minute).UtcDateTime);
        // What is no text for PostgreSQL still counts: this is a figure, not an event, and must not keep the batch out.
        types.Add(Encoding.UTF8.GetBytes(total.EventType.Replace('\0', '\uFFFD')));
        counts.Add(total.Count);
        errors.Add(total.Errors);
        warnings.Add(total.Warnings);
        validation.Add(total.ValidationNanoseconds);
    }
}
