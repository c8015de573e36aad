using FunctionsMonitor.Events;
using NpgsqlTypes;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>Events that are known to be refused, with the reason, column by column.</summary>
internal sealed class DeadLetterColumns
{
    private readonly Column<Guid> segmentIds = new("d_segment_ids", NpgsqlDbType.Uuid);
    private readonly Column<int> positions = new("d_positions", NpgsqlDbType.Integer);
    private readonly Column<string> reasons = new("d_reasons", NpgsqlDbType.Text);
    private readonly Column<string> details = new("d_details", NpgsqlDbType.Text);
    private readonly Column<DateTime> timestamps = new("d_timestamps", NpgsqlDbType.TimestampTz);
    private readonly Column<Guid> ids = new("d_ids", NpgsqlDbType.Uuid);
    private readonly Column<ReadOnlyMemory<byte>> types = new("d_types", NpgsqlDbType.Bytea);
    private readonly Column<ReadOnlyMemory<byte>> sources = new("d_sources", NpgsqlDbType.Bytea);
    private readonly Column<ReadOnlyMemory<byte>?> data = new("d_data", NpgsqlDbType.Bytea);
    private readonly Column<ReadOnlyMemory<byte>?> metadata = new("d_metadata", NpgsqlDbType.Bytea);
    private readonly Column<ReadOnlyMemory<byte>?> issues = new("d_issues", NpgsqlDbType.Bytea);
    private readonly Column<DateTime> receivedAt = new("d_received_at", NpgsqlDbType.TimestampTz);
    private readonly Column<int> marks = new("d_marks", NpgsqlDbType.Integer);
    private readonly Column<long> validation = new("d_validation_ns", NpgsqlDbType.Bigint);
    private readonly Column<int> errors = new("d_errors", NpgsqlDbType.Integer);
    private readonly Column<int> warnings = new("d_warnings", NpgsqlDbType.Integer);

    public DeadLetterColumns() => All =
    [
        segmentIds, positions, reasons, details, timestamps, ids, types, sources, data, metadata, issues, receivedAt, marks, validation, errors,
        warnings,
    ];

    public IReadOnlyList<Column> All { get; }

    public int Count => ids.Count;

    public void Add(Guid segmentId, int position, in MonitoringEvent item, RowRefusal refusal)
    {
        segmentIds.Add(segmentId);
        positions.Add(position);
        reasons.Add(refusal.Reason);
        details.Add(refusal.Detail);
        timestamps.Add(PostgresTime.FromMicroseconds(item.Timestamp));
        ids.Add(item.Id);
        types.Add(item.Type);
        sources.Add(item.Source);
        data.Add(item.Data);
        metadata.Add(item.Metadata);
        issues.Add(item.Issues);
        receivedAt.Add(PostgresTime.FromMicroseconds(item.ReceivedAt));
        marks.Add((int)item.Marks);
        validation.Add(item.ValidationNanoseconds);
        errors.Add(item.Errors);
        warnings.Add(item.Warnings);
    }

    public void Clear()
    {
        foreach (var column in All)
            column.Clear();
    }
}
