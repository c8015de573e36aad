using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Storage.Postgres;
using Npgsql;
using NpgsqlTypes;

namespace FunctionsMonitor.Benchmarks.Postgres;

/// <summary>Other ways to put the same rows into the same table, with nothing else: no rollups, no rows of segments, no idempotency.</summary>
internal static class BareWrites
{
    private const string Columns =
        "segment_id, timestamp, event_id, event_type, source, data, metadata, issues, received_at, marks, validation_ns, errors, warnings";

    private static readonly string Unnest =
        $"INSERT INTO monitoring.events ({Columns}) SELECT {string.Join(", ", Enumerable.Range(1, 11).Select(i => $"unnest(${i})"))}, {Zeros(12)}, {Zeros(13)}";

    private static readonly string Row =
        $"INSERT INTO monitoring.events ({Columns}) VALUES ({string.Join(", ", Enumerable.Range(1, 13).Select(i => $"${i}"))})";

    /// <summary>Errors and warnings, which are sent as NULL when there are none.</summary>
    private static string Zeros(int i) => $"unnest(coalesce(${i}, array_fill(0, ARRAY[cardinality($3)])))";

    /// <summary>Binary COPY by Npgsql.</summary>
    public static async Task CopyAsync(NpgsqlDataSource source, FlushBatch batch)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var copy = await connection.BeginBinaryImportAsync(DirectStatements.CopyEvents);
        foreach (var segment in batch.Segments)
        {
            foreach (var item in segment)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(EventTime.FromMicroseconds(item.Timestamp).UtcDateTime, NpgsqlDbType.TimestampTz);
                await copy.WriteAsync(item.Id, NpgsqlDbType.Uuid);
                await copy.WriteAsync(item.Type, NpgsqlDbType.Text);
                await copy.WriteAsync(item.Source, NpgsqlDbType.Text);
                await (item.Data is { } data ? copy.WriteAsync(data, NpgsqlDbType.Json) : copy.WriteNullAsync());
                await copy.WriteNullAsync();
                await copy.WriteNullAsync();
                await copy.WriteAsync(EventTime.FromMicroseconds(item.ReceivedAt).UtcDateTime, NpgsqlDbType.TimestampTz);
                await copy.WriteAsync((int)item.Marks, NpgsqlDbType.Integer);
                await copy.WriteAsync((long)item.ValidationNanoseconds, NpgsqlDbType.Bigint);
                await copy.WriteAsync((int)item.Errors, NpgsqlDbType.Integer);
                await copy.WriteAsync((int)item.Warnings, NpgsqlDbType.Integer);
                await copy.WriteAsync(segment.Header.Id, NpgsqlDbType.Uuid);
            }
        }

        await copy.CompleteAsync();
    }

    /// <summary>One statement with an array a column.</summary>
    public static async Task UnnestAsync(NpgsqlDataSource source, FlushBatch batch)
    {
        var columns = EventColumns.ToStore();
        foreach (var segment in batch.Segments)
        {
            foreach (var item in segment)
                columns.Add(segment.Header.Id, 0, true, item);
        }

        await using var command = source.CreateCommand(Unnest);
        foreach (var column in columns.All.Where(column => column.Name != "e_positions"))
            command.Parameters.Add(column.ToParameter());
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>One prepared statement a row, one after the other, in one transaction.</summary>
    public static async Task InsertRowsAsync(NpgsqlDataSource source, FlushBatch batch)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(Row, connection, transaction);
        NpgsqlDbType[] types =
        [
            NpgsqlDbType.Uuid, NpgsqlDbType.TimestampTz, NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Json, NpgsqlDbType.Json,
            NpgsqlDbType.Json, NpgsqlDbType.TimestampTz, NpgsqlDbType.Integer, NpgsqlDbType.Bigint, NpgsqlDbType.Integer, NpgsqlDbType.Integer,
        ];
        foreach (var type in types)
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
        await command.PrepareAsync();
        foreach (var segment in batch.Segments)
        {
            foreach (var item in segment)
            {
                object?[] values =
                [
                    segment.Header.Id, EventTime.FromMicroseconds(item.Timestamp).UtcDateTime, item.Id, item.Type, item.Source, item.Data, null, null,
                    EventTime.FromMicroseconds(item.ReceivedAt).UtcDateTime, (int)item.Marks, (long)item.ValidationNanoseconds, (int)item.Errors, (int)item.Warnings,
                ];
                for (var i = 0; i < values.Length; i++)
                    command.Parameters[i].Value = values[i] ?? DBNull.Value;
                await command.ExecuteNonQueryAsync();
            }
        }

        await transaction.CommitAsync();
    }
}
