using FunctionsMonitor.Live;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>
/// The live feed over <c>NOTIFY</c> and <c>LISTEN</c>, which any role may use. Never within a flush: a transaction that notifies takes a lock of the
/// whole database when it commits. For the same reason nobody is told while nobody listens: a listener holds a shared advisory lock
/// for as long as its connection lives, and whoever would tell looks for that first.
/// </summary>
internal sealed class PostgresLiveFeed(NpgsqlDataSource source) : ILiveFeed
{
    public const string Channel = "functionsmonitor_live";

    /// <summary>The advisory lock of listeners, as two numbers: "FMon", and the feed's own.</summary>
    private const int LockClass = 0x464D6F6E;
    private const int LockObject = 0x4C697665;

    /// <summary>PostgreSQL refuses 8,000 bytes and more.</summary>
    public int MaxPayloadBytes => 7_999;

    public string Transport => "postgresql";

    public async ValueTask NotifyAsync(IReadOnlyList<string> payloads, CancellationToken cancellationToken) => await source.ExecuteAsync(
        "SELECT pg_notify($1, payload) FROM unnest($2) WITH ORDINALITY AS sent (payload, place) ORDER BY place", cancellationToken,
        Channel, payloads.ToArray()).ConfigureAwait(false);

    /// <summary>A lock that is asked for conflicts with none that is shared, so it is granted at once, and whoever is there has it.</summary>
    public ValueTask<bool> HasListenersAsync(CancellationToken cancellationToken) => source.ScalarAsync<bool>(
        """
        SELECT EXISTS (
            SELECT FROM pg_locks
            WHERE locktype = 'advisory' AND classid = $1::int::oid AND objid = $2::int::oid AND objsubid = 2
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
        """,
        cancellationToken, LockClass, LockObject);

    public async ValueTask<ILiveListener> ListenAsync(CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        var listener = new PostgresListener(connection, Channel, $"UNLISTEN {Channel}; SELECT pg_advisory_unlock_shared({LockClass}, {LockObject})");
        try
        {
            await listener.RunAsync($"LISTEN {Channel}; SELECT pg_advisory_lock_shared({LockClass}, {LockObject})", cancellationToken).ConfigureAwait(false);
            return listener;
        }
        catch
        {
            await listener.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The statements are ours and carry no data, so a server that refuses one is a server that cannot now.</summary>
    public bool IsTransient(Exception exception) => exception is NpgsqlException or TimeoutException or IOException;
}
