using System.Data;
using FunctionsMonitor.Idempotency;
using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>Idempotency keys, in the file of the operator log: visible to every process of the folder, and there while the metrics store is not.</summary>
internal sealed class SqliteIdempotencyStore(SqliteDatabase database) : IIdempotencyStore
{
    /// <summary>A purge of a busy day must not keep requests from the write lock.</summary>
    private const int PurgePage = 1000;

    public ValueTask<IdempotencyRecord?> FindAsync(string keyId, long now, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection => connection.Query(
                """
                SELECT body_hash, received_at, expires_at, status, content_type, body FROM idempotency
                WHERE key_id = $key AND expires_at > $now
                """,
                row => new IdempotencyRecord
                {
                    KeyId = keyId,
                    BodyHash = (byte[])row.GetValue(0),
                    ReceivedAt = row.GetInt64(1),
                    ExpiresAt = row.GetInt64(2),
                    Answer = ReadAnswer(row, 3),
                },
                ("$key", Convert.FromHexString(keyId)), ("$now", now)).SingleOrDefault(),
            cancellationToken);

    public ValueTask<bool> TryCreateAsync(IdempotencyRecord record, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection => connection.Execute(
                """
                INSERT INTO idempotency (key_id, body_hash, received_at, expires_at) VALUES ($key, $hash, $received, $expires)
                ON CONFLICT (key_id) DO UPDATE SET
                    body_hash = excluded.body_hash, received_at = excluded.received_at, expires_at = excluded.expires_at,
                    status = NULL, content_type = NULL, body = NULL
                WHERE expires_at <= excluded.received_at
                """,
                ("$key", Convert.FromHexString(record.KeyId)), ("$hash", record.BodyHash.ToArray()), ("$received", record.ReceivedAt),
                ("$expires", record.ExpiresAt)) == 1,
            cancellationToken);

    public ValueTask<IdempotencyAnswer> SetAnswerAsync(IdempotencyRecord record, IdempotencyAnswer answer, CancellationToken cancellationToken) =>
        database.WriteAsync(
            connection =>
            {
                var key = Convert.FromHexString(record.KeyId);
                connection.Execute(
                    """
                    UPDATE idempotency SET status = $status, content_type = $type, body = $body
                    WHERE key_id = $key AND received_at = $received AND status IS NULL
                    """,
                    ("$status", answer.Status), ("$type", answer.ContentType), ("$body", answer.Body.ToArray()), ("$key", key),
                    ("$received", record.ReceivedAt));
                return FindAnswer(connection, key, record.ReceivedAt) ?? answer;
            },
            cancellationToken);

    public async ValueTask<PurgedKeys> PurgeAsync(long now, CancellationToken cancellationToken)
    {
        var total = 0;
        while (true)
        {
            var gone = await database.WriteAsync(
                connection => connection.Execute(
                    "DELETE FROM idempotency WHERE rowid IN (SELECT rowid FROM idempotency WHERE expires_at <= $now LIMIT $limit)",
                    ("$now", now), ("$limit", PurgePage)),
                cancellationToken).ConfigureAwait(false);
            total += gone;
            if (gone < PurgePage)
                return new(total, IsComplete: true);
        }
    }

    private static IdempotencyAnswer? FindAnswer(SqliteConnection connection, byte[] key, long receivedAt) => connection.Query(
        "SELECT status, content_type, body FROM idempotency WHERE key_id = $key AND received_at = $received", row => ReadAnswer(row, 0),
        ("$key", key), ("$received", receivedAt)).SingleOrDefault();

    private static IdempotencyAnswer? ReadAnswer(IDataRecord row, int first) => row.IsDBNull(first)
        ? null
        : new IdempotencyAnswer(row.GetInt32(first), row.GetString(first + 1), (byte[])row.GetValue(first + 2));
}
