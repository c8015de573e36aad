using FunctionsMonitor.Events;
using Npgsql;
using NpgsqlTypes;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>A binary COPY of events. Every value is written by its own type: no row allocates.</summary>
internal sealed class CopiedRows : IAsyncDisposable
{
    private readonly NpgsqlBinaryImporter importer;
    private readonly bool merging;
    private int written;

    private CopiedRows(NpgsqlBinaryImporter importer, bool merging)
    {
        this.importer = importer;
        this.merging = merging;
        // Who wants it to end has a token; an operation without a hurry has all the time that is left.
        importer.Timeout = TimeSpan.Zero;
    }

    /// <param name="connection">In a transaction.</param>
    /// <param name="merging">Into the temporary table instead of the events.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async ValueTask<CopiedRows> BeginAsync(NpgsqlConnection connection, bool merging, CancellationToken cancellationToken) => new(
        await connection.BeginBinaryImportAsync(merging ? DirectStatements.CopyGiven : DirectStatements.CopyEvents, cancellationToken).ConfigureAwait(false),
        merging);

    public async ValueTask WriteAsync(Guid segmentId, int position, MonitoringEvent item, CancellationToken cancellationToken)
    {
        written++;
        await importer.StartRowAsync(cancellationToken).ConfigureAwait(false);
        await importer.WriteAsync(EventTime.FromMicroseconds(item.Timestamp).UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken).ConfigureAwait(false);
        await importer.WriteAsync(item.Id, NpgsqlDbType.Uuid, cancellationToken).ConfigureAwait(false);
        await importer.WriteAsync(item.Type, NpgsqlDbType.Text, cancellationToken).ConfigureAwait(false);
        await importer.WriteAsync(item.Source, NpgsqlDbType.Text, cancellationToken).ConfigureAwait(false);
        await WriteJsonAsync(item.Data, cancellationToken).ConfigureAwait(false);
        await WriteJsonAsync(item.Metadata, cancellationToken).ConfigureAwait(false);
        await WriteJsonAsync(item.Issues, cancellationToken).ConfigureAwait(false);
        await importer.WriteAsync(EventTime.FromMicroseconds(item.ReceivedAt).UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken).ConfigureAwait(false);
        await importer.WriteAsync((int)item.Marks, NpgsqlDbType.Integer, cancellationToken).ConfigureAwait(false);
        await importer.WriteAsync((long)item.ValidationNanoseconds, NpgsqlDbType.Bigint, cancellationToken).ConfigureAwait(false);
        await importer.WriteAsync((int)item.Errors, NpgsqlDbType.Integer, cancellationToken).ConfigureAwait(false);
        await importer.WriteAsync((int)item.Warnings, NpgsqlDbType.Integer, cancellationToken).ConfigureAwait(false);
        await importer.WriteAsync(segmentId, NpgsqlDbType.Uuid, cancellationToken).ConfigureAwait(false);
        if (!merging)
            return;

        await importer.WriteAsync(position, NpgsqlDbType.Integer, cancellationToken).ConfigureAwait(false);
        await importer.WriteAsync(written, NpgsqlDbType.Integer, cancellationToken).ConfigureAwait(false);
    }

    /// <exception cref="PostgresException">The server refused a row, or did not keep one (a trigger that returns NULL).</exception>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        var kept = await importer.CompleteAsync(cancellationToken).ConfigureAwait(false);
        if (kept < (ulong)written)
            throw new PostgresException("The table took the row without an error and did not keep it.", "ERROR", "ERROR", PostgresErrors.RowIgnored);
    }

    public ValueTask DisposeAsync() => importer.DisposeAsync();

    private Task WriteJsonAsync(ReadOnlyMemory<byte>? json, CancellationToken cancellationToken) => json is { } bytes
        ? importer.WriteAsync(bytes, NpgsqlDbType.Json, cancellationToken)
        : importer.WriteNullAsync(cancellationToken);
}
