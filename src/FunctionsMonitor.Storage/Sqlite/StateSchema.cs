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
    ];
}
