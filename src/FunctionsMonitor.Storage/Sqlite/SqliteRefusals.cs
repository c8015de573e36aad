using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>Why SQLite does not take an event.</summary>
internal static class SqliteRefusals
{
    public static RowRefusal Conflict { get; } = new("conflict", "Another event with the same timestamp and event_id is stored.");

    /// <summary>A trigger with RAISE(IGNORE): no error, no row, and nobody in its place.</summary>
    public static RowRefusal Ignored { get; } = new("sqlite_ignored", "The table took the row without an error and did not keep it.");

    /// <summary>The reason is SQLite's own extended code, by name where it is one that a row can cause.</summary>
    public static RowRefusal From(SqliteException exception) => new(
        exception.SqliteExtendedErrorCode switch
        {
            raw.SQLITE_CONSTRAINT_CHECK => "sqlite_constraint_check",
            raw.SQLITE_CONSTRAINT_NOTNULL => "sqlite_constraint_notnull",
            raw.SQLITE_CONSTRAINT_TRIGGER => "sqlite_constraint_trigger",
            raw.SQLITE_CONSTRAINT_UNIQUE => "sqlite_constraint_unique",
            raw.SQLITE_CONSTRAINT_FOREIGNKEY => "sqlite_constraint_foreignkey",
            raw.SQLITE_TOOBIG => "sqlite_toobig",
            raw.SQLITE_MISMATCH => "sqlite_mismatch",
            raw.SQLITE_RANGE => "sqlite_range",
            var code => $"sqlite_{code}",
        },
        exception.Message);
}
