namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>The schema of <c>state/state.db</c>: what must be readable while the metrics store is not.</summary>
internal static class StateSchema
{
    public static IReadOnlyList<string> Migrations { get; } =
    [
        """
        CREATE TABLE operations (
            id BLOB PRIMARY KEY,
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            target TEXT NOT NULL,
            outcome TEXT NOT NULL,
            instance TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE flush_schedule (
            singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
            last_flush INTEGER NOT NULL
        );
        """,
        """
        CREATE TABLE idempotency (
            key_id BLOB PRIMARY KEY NOT NULL,
            body_hash BLOB NOT NULL,
            received_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            status INTEGER,
            content_type TEXT,
            body BLOB
        );
        CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);
        """,
    ];
}
