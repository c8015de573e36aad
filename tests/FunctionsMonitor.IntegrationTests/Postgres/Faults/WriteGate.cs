using FunctionsMonitor.IntegrationTests.Support;
using FunctionsMonitor.TestSupport.Postgres;
using Npgsql;

namespace FunctionsMonitor.IntegrationTests.Postgres.Faults;

/// <summary>Holds a write up in its middle: the row from the source <c>gate</c> waits in the server, with rows before and after it.</summary>
internal sealed class WriteGate : IAsyncDisposable
{
    public const string Source = "gate";
    private readonly PostgresDatabase database;
    private readonly NpgsqlConnection holder;

    private WriteGate(PostgresDatabase database, NpgsqlConnection holder)
    {
        this.database = database;
        this.holder = holder;
    }

    public static async Task<WriteGate> CloseAsync(PostgresDatabase database)
    {
        await database.RunAsync(
            $"""
            CREATE FUNCTION public.gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(77); RETURN new; END $$;
            CREATE TRIGGER gate BEFORE INSERT ON monitoring.events FOR EACH ROW WHEN (new.source = '{Source}') EXECUTE FUNCTION public.gate()
            """);
        var holder = await database.Source.OpenConnectionAsync();
        await using var close = new NpgsqlCommand("SELECT pg_advisory_lock(77)", holder);
        await close.ExecuteNonQueryAsync();
        return new(database, holder);
    }

    /// <summary>The process of the server that waits here.</summary>
    public async Task<int> BackendAsync()
    {
        var backends = new List<int>();
        await Eventually.TrueAsync(
            async () =>
            {
                backends = await database.ListAsync<int>(
                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory'");
                return backends.Count == 1;
            },
            "a write is in its middle");
        return backends[0];
    }

    public async Task OpenAsync()
    {
        await using var open = new NpgsqlCommand("SELECT pg_advisory_unlock(77)", holder);
        await open.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => holder.DisposeAsync();
}
