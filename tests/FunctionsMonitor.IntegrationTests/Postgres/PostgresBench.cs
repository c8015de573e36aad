using System.Text.RegularExpressions;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Flushing;
using FunctionsMonitor.TestSupport.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FunctionsMonitor.IntegrationTests.Postgres;

/// <summary>The store on a database of its own, by way of one path.</summary>
internal sealed partial class PostgresBench : MetricsStoreBench
{
    private readonly Func<NpgsqlDataSource, IWritePath> makePath;
    private readonly List<NpgsqlDataSource> sources = [];

    private PostgresBench(PostgresDatabase database, Func<NpgsqlDataSource, IWritePath> makePath, string? connectionString)
    {
        Database = database;
        this.makePath = makePath;
        Source = Connect(connectionString);
        BarePath = makePath(Source);
        PostgresStore = Open(Source, BarePath);
        Queries = new PostgresMetricsQueries(Source);
        DeadLetters = new PostgresDeadLetterStore(Source);
    }

    public PostgresDatabase Database { get; }

    /// <summary>The store's own way in.</summary>
    public NpgsqlDataSource Source { get; }

    public PostgresMetricsStore PostgresStore { get; }

    public override IMetricsStore Store => PostgresStore;

    public override IMetricsQueries Queries { get; }

    public override IDeadLetterStore DeadLetters { get; }

    public override IWritePath Path => PostgresStore.WritePaths.Single();

    public override IWritePath BarePath { get; }

    public override string RefusalReason => "P0001";

    public override string VanishedReason => "ignored";

    public static async Task<PostgresBench> CreateAsync(
        PostgresFixture postgres, Func<NpgsqlDataSource, IWritePath>? path = null, Func<PostgresDatabase, Task<string>>? signIn = null)
    {
        var database = await postgres.CreateDatabaseAsync();
        try
        {
            var connectionString = signIn is null ? null : await signIn(database);
            return new(database, path ?? (source => new PostgresRpcPath(source, TimeProvider.System)), connectionString);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public override IWritePath OpenOther()
    {
        var other = Connect(null);
        return Open(other, makePath(other)).WritePaths.Single();
    }

    public override Task RefuseAsync(string source, string message) => TriggerAsync(source, $"RAISE EXCEPTION '{message}'");

    public override Task SwallowAsync(string source) => TriggerAsync(source, "RETURN NULL");

    public override Task RunAsync(string sql) => Database.RunAsync(
        Table().Replace(sql, "$1monitoring.") + (sql.StartsWith("DROP", StringComparison.Ordinal) ? " CASCADE" : ""));

    public override Task<long> CountAsync(string tableAndCondition) => Database.ScalarAsync<long>($"SELECT count(*) FROM monitoring.{tableAndCondition}");

    public override async ValueTask DisposeAsync()
    {
        foreach (var source in sources)
            await source.DisposeAsync();
        await Database.DisposeAsync();
        await base.DisposeAsync();
    }

    private static PostgresMetricsStore Open(NpgsqlDataSource source, IWritePath path) =>
        new(source, [path], daysAhead: 2, TimeProvider.System, NullLogger<PostgresMetricsStore>.Instance);

    private NpgsqlDataSource Connect(string? connectionString)
    {
        var source = PostgresConnections.Create(new() { ConnectionString = connectionString ?? Database.ConnectionString });
        sources.Add(source);
        return source;
    }

    private Task TriggerAsync(string source, string act) => Database.RunAsync(
        $"""
        CREATE FUNCTION public.judge() RETURNS trigger LANGUAGE plpgsql AS $function$ BEGIN IF NEW.source = '{source}' THEN {act}; END IF; RETURN NEW; END $function$;
        CREATE TRIGGER judge BEFORE INSERT ON monitoring.events FOR EACH ROW EXECUTE FUNCTION public.judge();
        """);

    [GeneratedRegex("^((?:DROP TABLE|UPDATE) )")]
    private static partial Regex Table();
}
