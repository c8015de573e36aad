using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>
/// One database file: opens connections and brings its schema up to date before the first use. Nothing is opened before it is needed.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="migrations">Scripts; script i brings version i to i + 1 (kept in <c>PRAGMA user_version</c>).</param>
/// <param name="busyTimeout">How long a statement waits for another process's lock.</param>
internal sealed class SqliteDatabase(string path, IReadOnlyList<string> migrations, TimeSpan busyTimeout) : IDisposable
{
    private readonly string connectionString = new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = SqliteOpenMode.ReadWriteCreate,
        Pooling = true,
        // Microsoft.Data.Sqlite retries BUSY itself until this is over; 0 would mean for ever.
        DefaultTimeout = Math.Max(1, (int)busyTimeout.TotalSeconds),
    }.ToString();

    private readonly Lock gate = new();
    private volatile bool ready;

    /// <summary>An open connection to an up-to-date schema.</summary>
    public SqliteConnection Open()
    {
        EnsureReady();
        return OpenRaw();
    }

    /// <summary>Makes the file and its schema if they are not there.</summary>
    /// <exception cref="InvalidOperationException">A newer version of this program made the schema.</exception>
    public void EnsureReady()
    {
        if (ready && File.Exists(path))
            return;

        lock (gate)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using var connection = OpenRaw();
            connection.Execute("PRAGMA journal_mode=WAL");
            using var transaction = connection.BeginTransaction(deferred: false);
            var version = connection.Scalar<long>("PRAGMA user_version");
            if (version > migrations.Count)
                throw new InvalidOperationException(
                    $"{path} has schema version {version}; this program knows {migrations.Count}. A newer version made it: run that version.");

            for (var i = (int)version; i < migrations.Count; i++)
                connection.Execute(migrations[i]);
            connection.Execute($"PRAGMA user_version={migrations.Count}");
            transaction.Commit();
            ready = true;
        }
    }

    public void Dispose()
    {
        using var connection = new SqliteConnection(connectionString);
        SqliteConnection.ClearPool(connection);
    }

    private SqliteConnection OpenRaw()
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            // FULL: what COMMIT has returned for survives a power cut. NORMAL would lose the last transactions.
            connection.Execute("PRAGMA synchronous=FULL");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
