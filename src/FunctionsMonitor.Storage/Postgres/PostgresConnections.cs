using System.Globalization;
using System.Net;
using Azure.Core;
using FunctionsMonitor.Storage.Azure;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>Makes the pools of connections, and what holds for every connection.</summary>
internal static class PostgresConnections
{
    private const int DefaultPort = 5432;
    private const string EntraScope = "https://ossrdbms-aad.database.windows.net/.default";

    /// <summary>Entra tokens live for an hour or more; the client library keeps one until it is nearly over.</summary>
    private static readonly TimeSpan TokenRefresh = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TokenRetry = TimeSpan.FromSeconds(5);

    /// <summary>When a peer is silent: 30 seconds of it, then three probes ten seconds apart; and nothing that was sent may wait longer for its acknowledgement.</summary>
    private const int KeepAliveSeconds = 30;
    private const int KeepAliveIntervalSeconds = 10;
    private const int UserTimeoutMilliseconds = 30_000;

    /// <summary>
    /// Every statement here is meant to run along an index. At the server's default of 4, which is that of a spinning disk, a listing by a
    /// frequent type and a rare source would read whole days instead.
    /// </summary>
    private const string RandomPageCost = "1.1";

    /// <summary>
    /// Nothing is compiled: the server decides that by an estimate that grows with the tables and not with what is asked for, and it takes 80 ms. Over ten
    /// million events the figures of a day by the hour took 92 ms with it and 6 without; the ledger of a million segments takes 420 either way.
    /// </summary>
    private const string Jit = "off";

    /// <summary>Tables are named with their schema; a function or an operator that somebody made in <c>public</c> must not be taken for the catalog's.</summary>
    private const string SearchPath = "pg_catalog,pg_temp";

    /// <summary>The application's pool.</summary>
    /// <param name="options">Valid.</param>
    /// <param name="credential">Signs in where there is no password; null: the app's identity.</param>
    public static NpgsqlDataSource Create(PostgresOptions options, TokenCredential? credential = null) =>
        Build(options, credential, options.StatementTimeout, pooling: true);

    /// <summary>For migrations: not pooled, and no statement is too long.</summary>
    /// <inheritdoc cref="Create"/>
    public static NpgsqlDataSource CreateForMigrations(PostgresOptions options, TokenCredential? credential = null) =>
        Build(options, credential, TimeSpan.Zero, pooling: false);

    /// <summary>
    /// Whether a session may write is settled when it begins. Those of the pool would be refused for ever, also when the database takes writes again
    /// or another server does: the next attempts get new ones.
    /// </summary>
    public static void ForgetReadOnlySessions(this NpgsqlDataSource source) => source.Clear();

    /// <summary>Nothing leaves this machine.</summary>
    /// <param name="hosts">As in a connection string: one or more, separated by commas, each perhaps with a port.</param>
    public static bool IsThisMachine(string? hosts) =>
        hosts is { Length: > 0 } && hosts.Split(',', StringSplitOptions.TrimEntries).All(IsLoopback);

    private static bool IsLoopback(string host)
    {
        // A socket's folder, or its name in the abstract namespace.
        if (host.StartsWith('/') || host.StartsWith('@'))
            return true;
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address) || IPEndPoint.TryParse(host, out var endPoint) && (address = endPoint.Address) is not null)
            return IPAddress.IsLoopback(address);
        return host.Split(':')[0].Equals("localhost", StringComparison.OrdinalIgnoreCase);
    }

    private static NpgsqlDataSource Build(PostgresOptions options, TokenCredential? credential, TimeSpan statementTimeout, bool pooling)
    {
        var builder = new NpgsqlDataSourceBuilder(options.ConnectionString);
        var connection = builder.ConnectionStringBuilder;
        if (options.Host is { } host)
        {
            var uri = new Uri($"postgres://{host}");
            connection.Host = uri.IdnHost;
            connection.Port = uri.IsDefaultPort ? DefaultPort : uri.Port;
            connection.Database = options.Database;
            connection.Username = options.Username;
            // A token opens more than this database: it goes to nobody but the host that was named.
            connection.SslMode = SslMode.VerifyFull;
            var identity = credential ?? AzureAccount.Identity(options.ClientId);
            builder.UsePeriodicPasswordProvider(
                async (_, cancellationToken) => (await identity.GetTokenAsync(new TokenRequestContext([EntraScope]), cancellationToken).ConfigureAwait(false)).Token,
                TokenRefresh, TokenRetry);
        }

        connection.ApplicationName ??= "functionsmonitor";
        connection.Timeout = (int)Math.Ceiling(options.ConnectTimeout.TotalSeconds);
        // The server ends what takes too long, and says so; the client only when the server says nothing.
        connection.CommandTimeout = statementTimeout == TimeSpan.Zero ? 0 : (int)Math.Ceiling(statementTimeout.TotalSeconds) + KeepAliveSeconds;
        connection.Pooling = pooling;
        connection.MaxPoolSize = options.MaxPoolSize;
        connection.TcpKeepAlive = true;
        connection.TcpKeepAliveTime = KeepAliveSeconds;
        connection.TcpKeepAliveInterval = KeepAliveIntervalSeconds;
        connection.Options = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            -c statement_timeout={(long)statementTimeout.TotalMilliseconds} -c lock_timeout={(long)(pooling ? options.LockTimeout.TotalMilliseconds : 0)}
            -c tcp_keepalives_idle={KeepAliveSeconds} -c tcp_keepalives_interval={KeepAliveIntervalSeconds} -c tcp_keepalives_count=3
            -c tcp_user_timeout={UserTimeoutMilliseconds} -c random_page_cost={RandomPageCost} -c jit={Jit} -c search_path={SearchPath} {connection.Options}
            """).ReplaceLineEndings(" ").TrimEnd();
        return builder.Build();
    }
}
