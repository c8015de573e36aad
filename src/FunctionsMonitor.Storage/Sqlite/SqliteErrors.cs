using FunctionsMonitor.Resilience;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>What SQLite's errors mean. The primary result code decides; whatever is on no list is transient, so that nothing is given up for it.</summary>
internal static class SqliteErrors
{
    public static ErrorKind Classify(Exception exception) => exception switch
    {
        MetricsPathException => ErrorKind.Path,
        SqliteException error when IsPath(error.SqliteErrorCode) => ErrorKind.Path,
        SqliteException error when IsData(error.SqliteErrorCode) => ErrorKind.Data,
        // A schema of a newer version: no retry can change that.
        InvalidOperationException => ErrorKind.Path,
        _ => ErrorKind.Transient,
    };

    /// <summary>The database refused a row for what is in it.</summary>
    public static bool IsData(int code) => code is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE;

    /// <summary>This way in is closed: something is missing, or forbidden, or the file is no database any more. No row is to blame.</summary>
    public static bool IsPath(int code) => code is raw.SQLITE_ERROR or raw.SQLITE_SCHEMA or raw.SQLITE_AUTH or raw.SQLITE_PERM
        or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_NOTFOUND or raw.SQLITE_MISUSE;
}
