using FunctionsMonitor.Events;
using NpgsqlTypes;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>Events, column by column. Text and JSON stay the bytes that they are in their segments.</summary>
/// <param name="prefix">Of the columns' names.</param>
/// <param name="text">What the server is to take type and source for.</param>
/// <param name="json">What the server is to take the rest for.</param>
/// <param name="zeros">Errors and warnings are sent also when all of them are 0.</param>
internal sealed class EventColumns(string prefix, NpgsqlDbType text, NpgsqlDbType json, bool zeros)
{
    private readonly Column<Guid> segmentIds = new($"{prefix}_segment_ids", NpgsqlDbType.Uuid);
    private readonly Column<int> positions = new($"{prefix}_positions", NpgsqlDbType.Integer);
    private readonly Column<DateTime> timestamps = new($"{prefix}_timestamps", NpgsqlDbType.TimestampTz);
    private readonly Column<Guid> ids = new($"{prefix}_ids", NpgsqlDbType.Uuid);
    private readonly Column<ReadOnlyMemory<byte>> types = new($"{prefix}_types", text);
    private readonly Column<ReadOnlyMemory<byte>> sources = new($"{prefix}_sources", text);
    private readonly Column<ReadOnlyMemory<byte>?> data = new($"{prefix}_data", json);
    private readonly Column<ReadOnlyMemory<byte>?> metadata = new($"{prefix}_metadata", json);
    private readonly Column<ReadOnlyMemory<byte>?> issues = new($"{prefix}_issues", json);
    private readonly Column<DateTime> receivedAt = new($"{prefix}_received_at", NpgsqlDbType.TimestampTz);
    private readonly Column<int> marks = new($"{prefix}_marks", NpgsqlDbType.Integer);
    private readonly Column<long> validation = new($"{prefix}_validation_ns", NpgsqlDbType.Bigint);
    private readonly Column<int> errors = new($"{prefix}_errors", NpgsqlDbType.Integer);
    private readonly Column<int> warnings = new($"{prefix}_warnings", NpgsqlDbType.Integer);

    public IReadOnlyList<Column> All =>
        [segmentIds, positions, timestamps, ids, types, sources, data, metadata, issues, receivedAt, marks, validation, errors, warnings];

    public int Count => ids.Count;

    /// <summary>Events that are to be stored.</summary>
    public static EventColumns ToStore() => new("e", NpgsqlDbType.Text, NpgsqlDbType.Json, zeros: false);

    /// <summary>Events that are to be dead letters: they may be no text for PostgreSQL.</summary>
    public static EventColumns ToBury() => new("d", NpgsqlDbType.Bytea, NpgsqlDbType.Bytea, zeros: true);

    /// <param name="segmentId">Its segment.</param>
    /// <param name="position">Its place there.</param>
    /// <param name="isInRow">The places of its segment's events so far count up from 0.</param>
    /// <param name="item">Its bytes must stay until the call was made.</param>
    public void Add(Guid segmentId, int position, bool isInRow, in MonitoringEvent item)
    {
        segmentIds.Add(segmentId);
        positions.Add(position, isNeeded: !isInRow);
        timestamps.Add(EventTime.FromMicroseconds(item.Timestamp).UtcDateTime);
        ids.Add(item.Id);
        types.Add(item.Type);
        sources.Add(item.Source);
        data.Add(item.Data);
        metadata.Add(item.Metadata, isNeeded: item.Metadata is not null);
        issues.Add(item.Issues, isNeeded: item.Issues is not null);
        receivedAt.Add(EventTime.FromMicroseconds(item.ReceivedAt).UtcDateTime);
        marks.Add((int)item.Marks);
        validation.Add(item.ValidationNanoseconds);
        errors.Add(item.Errors, isNeeded: zeros || item.Errors != 0);
        warnings.Add(item.Warnings, isNeeded: zeros || item.Warnings != 0);
    }
}
