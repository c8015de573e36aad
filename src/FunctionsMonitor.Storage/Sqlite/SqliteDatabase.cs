using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>
/// One database file: opens connections and brings its schema up to date before the first use. Nothing is opened before it is needed.
/// SQLite is synchronous: work runs on the caller's thread, and its token interrupts it between two steps of the virtual machine.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="migrations">Scripts; script i brings version i to i + 1 (kept in <c>PRAGMA user_version</c>).</param>
/// <param name="busyTimeout">How long to wait for another process's write lock; then BUSY is thrown.</param>
/// <param name="time">For that wait.</param>
internal sealed class SqliteDatabase(string path, IReadOnlyList<string> migrations, TimeSpan busyTimeout, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan BusyPoll = TimeSpan.FromMilliseconds(10);

    private readonly Lock gate = new();
    private readonly SemaphoreSlim writer = new(1);
    private volatile bool ready;

    public string ConnectionString { get; } = new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = SqliteOpenMode.ReadWriteCreate,
        Pooling = true,
        // Microsoft.Data.Sqlite retries BUSY itself until this is over; 0 would mean for ever.
        DefaultTimeout = Math.Max(1, (int)Math.Ceiling(busyTimeout.TotalSeconds)),
    }.ToString();

    /// <summary>Makes the file and its schema if they are not there.</summary>
    /// <exception cref="SchemaVersionException">A newer version of this program made the schema.</exception>
    public void EnsureReady()
    {
        if (ready && File.Exists(path))
            return;

        lock (gate)
        {
            if (ready && File.Exists(path))
                return;

            // A pooled connection would go on writing into a file that was deleted under it.
            ClearPool();
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using var connection = OpenRaw();
            // Persistent; where the file system cannot share memory SQLite stays with its rollback journal, which is as durable.
            connection.Execute("PRAGMA journal_mode=WAL");
            Migrate(connection);
            ready = true;
        }
    }

    /// <summary>Reads on a connection of its own; a writer does not hold it up.</summary>
    public ValueTask<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var connection = Open();
        return ValueTask.FromResult(Interruptible(connection, read, cancellationToken));
    }

    /// <summary>
    /// Writes in one transaction that takes the write lock at once, so that writers queue at the door instead of failing half-way: those of
    /// this process at a semaphore, others at the file. Whatever is thrown, nothing is kept.
    /// </summary>
    public async ValueTask<T> WriteAsync<T>(Func<SqliteConnection, T> write, CancellationToken cancellationToken)
    {
        await writer.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var connection = Open();
            await BeginAsync(connection, cancellationToken).ConfigureAwait(false);
            try
            {
                return Interruptible(
                    connection,
                    open =>
                    {
                        var result = write(open);
                        cancellationToken.ThrowIfCancellationRequested();
                        open.Execute("COMMIT");
                        return result;
                    },
                    cancellationToken);
            }
            finally
            {
                // FULL, IOERR, INTERRUPT and RAISE(ROLLBACK) have ended the transaction themselves.
                if (connection.IsInTransaction())
                    connection.Execute("ROLLBACK");
            }
        }
        finally
        {
            writer.Release();
        }
    }

    public void Dispose()
    {
        ClearPool();
        writer.Dispose();
    }

    private static T Interruptible<T>(SqliteConnection connection, Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        // Disposing of the registration waits for a running callback: the connection is still open then.
        using var interrupt = cancellationToken.UnsafeRegister(static handle => raw.sqlite3_interrupt((sqlite3)handle!), connection.Handle);
        try
        {
            return work(connection);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == raw.SQLITE_INTERRUPT && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
    }

    /// <summary>Waits without a thread and to the millisecond; the library's own wait blocks one and counts in seconds.</summary>
    private async ValueTask BeginAsync(SqliteConnection connection, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var code = raw.sqlite3_exec(connection.Handle, "BEGIN IMMEDIATE");
            if (!SqliteErrors.IsBusy(code) || time.GetElapsedTime(started) >= busyTimeout)
            {
                SqliteException.ThrowExceptionForRC(code, connection.Handle);
                return;
            }

            await Task.Delay(BusyPoll, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Migrate(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var version = connection.Scalar<long>("PRAGMA user_version");
        if (version > migrations.Count)
            throw new SchemaVersionException(path, version, migrations.Count);

        for (var i = (int)version; i < migrations.Count; i++)
            connection.Execute(migrations[i]);
        connection.Execute($"PRAGMA user_version={migrations.Count}");
        transaction.Commit();
    }

    private SqliteConnection Open()
    {
        EnsureReady();
        return OpenRaw();
    }

    private SqliteConnection OpenRaw()
    {
        var connection = new SqliteConnection(ConnectionString);
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

    private void ClearPool()
    {
        using var connection = new SqliteConnection(ConnectionString);
        SqliteConnection.ClearPool(connection);
    }
}
