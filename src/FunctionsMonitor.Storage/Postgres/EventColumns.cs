using FunctionsMonitor.Events;
using NpgsqlTypes;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>Events that are to be stored, column by column. Text and JSON stay the bytes that they are in their segments.</summary>
internal sealed class EventColumns
{
    private readonly Column<Guid> segmentIds = new("e_segment_ids", NpgsqlDbType.Uuid);
    private readonly Column<int> positions = new("e_positions", NpgsqlDbType.Integer);
    private readonly Column<DateTime> timestamps = new("e_timestamps", NpgsqlDbType.TimestampTz);
    private readonly Column<Guid> ids = new("e_ids", NpgsqlDbType.Uuid);
    private readonly Column<ReadOnlyMemory<byte>> types = new("e_types", NpgsqlDbType.Text);
    private readonly Column<ReadOnlyMemory<byte>> sources = new("e_sources", NpgsqlDbType.Text);
    private readonly Column<ReadOnlyMemory<byte>?> data = new("e_data", NpgsqlDbType.Json);
    private readonly Column<ReadOnlyMemory<byte>?> metadata = new("e_metadata", NpgsqlDbType.Json);
    private readonly Column<ReadOnlyMemory<byte>?> issues = new("e_issues", NpgsqlDbType.Json);
    private readonly Column<DateTime> receivedAt = new("e_received_at", NpgsqlDbType.TimestampTz);
    private readonly Column<int> marks = new("e_marks", NpgsqlDbType.Integer);
    private readonly Column<long> validation = new("e_validation_ns", NpgsqlDbType.Bigint);
    private readonly Column<int> errors = new("e_errors", NpgsqlDbType.Integer);
    private readonly Column<int> warnings = new("e_warnings", NpgsqlDbType.Integer);

    public EventColumns()
    {
        All =
        [
            segmentIds, positions, timestamps, ids, types, sources, data, metadata, issues, receivedAt, marks, validation, errors, warnings,
        ];
        Clear();
    }

    public IReadOnlyList<Column> All { get; }

    public int Count => ids.Count;

    /// <param name="segmentId">Its segment.</param>
    /// <param name="position">Its place there.</param>
    /// <param name="isInRow">The places of its segment's events so far count up from 0.</param>
    /// <param name="item">Its bytes must stay until the call was made.</param>
    public void Add(Guid segmentId, int position, bool isInRow, in MonitoringEvent item)
    {
        segmentIds.Add(segmentId);
        positions.Add(position);
        positions.IsOmitted &= isInRow;
        timestamps.Add(PostgresTime.FromMicroseconds(item.Timestamp));
        ids.Add(item.Id);
        types.Add(item.Type);
        sources.Add(item.Source);
        data.Add(item.Data);
        metadata.Add(item.Metadata);
        metadata.IsOmitted &= item.Metadata is null;
        issues.Add(item.Issues);
        issues.IsOmitted &= item.Issues is null;
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
        positions.IsOmitted = metadata.IsOmitted = issues.IsOmitted = true;
    }
}
