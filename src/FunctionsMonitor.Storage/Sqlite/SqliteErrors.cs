using FunctionsMonitor.Resilience;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>What SQLite's errors mean. The primary result code decides; what is on no list is transient, so that nothing is given up for it.</summary>
/// <remarks>
/// CORRUPT and NOTADB are transient as well. No row is to blame, so nothing may be dead-lettered; and unlike a path error they count for
/// the breaker, which then leaves the file alone and looks again later: an operator may have put back a good one meanwhile.
/// </remarks>
internal static class SqliteErrors
{
    public static ErrorKind Classify(Exception exception) => exception switch
    {
        MetricsPathException or SchemaVersionException => ErrorKind.Path,
        SqliteException error when IsPath(error.SqliteErrorCode) => ErrorKind.Path,
        SqliteException error when IsData(error.SqliteErrorCode) => ErrorKind.Data,
        _ => ErrorKind.Transient,
    };

    /// <summary>The database refused a row for what is in it.</summary>
    public static bool IsData(int code) => code is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE;

    /// <summary>This way in is closed: a table or column is missing, or forbidden. No row is to blame, and no retry helps.</summary>
    public static bool IsPath(int code) => code is raw.SQLITE_ERROR or raw.SQLITE_SCHEMA or raw.SQLITE_AUTH or raw.SQLITE_PERM;

    /// <summary>Another connection holds the lock.</summary>
    public static bool IsBusy(int code) => code is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;
}
