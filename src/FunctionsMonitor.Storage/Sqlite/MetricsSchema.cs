namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>
/// The schema of <c>metrics.db</c>. Times are microseconds since the Unix epoch, <c>minute</c> is minutes since then; UUIDs are their 16 bytes,
/// most significant first. Once released, a script is never changed: another one is added.
/// </summary>
/// <remarks>
/// (incarnation, number) is deliberately not unique in <c>flushed_segments</c>. No number is used twice by one process, but a restored or
/// cloned machine does it, and then both segments hold acknowledged events: they must be stored, and the ledger shows that its sum is off. A
/// unique key would keep the second one out for ever. A mere copy of a segment has the same id and is known by that.
/// </remarks>
internal static class MetricsSchema
{
    public static IReadOnlyList<string> Migrations { get; } =
    [
        """
        CREATE TABLE events (
            timestamp INTEGER NOT NULL,
            event_id BLOB NOT NULL CHECK (length(event_id) = 16),
            event_type TEXT NOT NULL,
            source TEXT NOT NULL,
            data BLOB,
            metadata BLOB,
            issues BLOB,
            received_at INTEGER NOT NULL,
            marks INTEGER NOT NULL,
            validation_ns INTEGER NOT NULL,
            errors INTEGER NOT NULL,
            warnings INTEGER NOT NULL,
            segment_id BLOB NOT NULL,
            PRIMARY KEY (timestamp, event_id)
        ) WITHOUT ROWID;
        CREATE INDEX events_by_type ON events (event_type, timestamp, event_id);
        CREATE INDEX events_by_source ON events (source, timestamp, event_id);

        CREATE TABLE validation_metrics (
            minute INTEGER NOT NULL,
            event_type TEXT NOT NULL,
            total INTEGER NOT NULL,
            passed INTEGER NOT NULL,
            failed INTEGER NOT NULL,
            rejected INTEGER NOT NULL,
            errors INTEGER NOT NULL,
            warnings INTEGER NOT NULL,
            validation_ns INTEGER NOT NULL,
            PRIMARY KEY (minute, event_type)
        ) WITHOUT ROWID;

        CREATE TABLE flushed_segments (
            segment_id BLOB PRIMARY KEY,
            incarnation BLOB NOT NULL,
            number INTEGER NOT NULL,
            count INTEGER NOT NULL,
            accepted_through INTEGER NOT NULL,
            abandoned TEXT NOT NULL,
            stored INTEGER NOT NULL,
            duplicates INTEGER NOT NULL,
            dead INTEGER NOT NULL,
            expired INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            flushed_at INTEGER NOT NULL,
            flush_id BLOB NOT NULL,
            deleted_at INTEGER,
            CHECK (count = stored + duplicates + dead + expired)
        ) WITHOUT ROWID;
        CREATE INDEX flushed_segments_by_number ON flushed_segments (incarnation, number);
        CREATE INDEX flushed_segments_by_deletion ON flushed_segments (deleted_at);

        CREATE TABLE ledger_totals (
            incarnation BLOB PRIMARY KEY,
            folded_through INTEGER NOT NULL,
            accepted INTEGER NOT NULL,
            unacknowledged INTEGER NOT NULL,
            stored INTEGER NOT NULL,
            duplicates INTEGER NOT NULL,
            dead INTEGER NOT NULL,
            expired INTEGER NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE flushes (
            flush_id BLOB PRIMARY KEY,
            started_at INTEGER NOT NULL,
            report TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX flushes_by_start ON flushes (started_at);

        CREATE TABLE dead_letters (
            segment_id BLOB NOT NULL,
            position INTEGER NOT NULL,
            reason TEXT NOT NULL,
            detail TEXT NOT NULL,
            died_at INTEGER NOT NULL,
            replayed_at INTEGER,
            replays INTEGER NOT NULL DEFAULT 0,
            timestamp INTEGER NOT NULL,
            event_id BLOB NOT NULL,
            event_type TEXT NOT NULL,
            source TEXT NOT NULL,
            data BLOB,
            metadata BLOB,
            issues BLOB,
            received_at INTEGER NOT NULL,
            marks INTEGER NOT NULL,
            validation_ns INTEGER NOT NULL,
            errors INTEGER NOT NULL,
            warnings INTEGER NOT NULL,
            PRIMARY KEY (segment_id, position)
        ) WITHOUT ROWID;
        CREATE INDEX dead_letters_by_death ON dead_letters (died_at, segment_id, position);
        """,
    ];
}
