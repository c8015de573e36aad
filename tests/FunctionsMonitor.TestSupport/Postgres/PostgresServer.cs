using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using FunctionsMonitor.TestSupport.Network;
using FunctionsMonitor.TestSupport.Processes;
using Npgsql;

namespace FunctionsMonitor.TestSupport.Postgres;

/// <summary>
/// A real PostgreSQL on a free port of 127.0.0.1, with fsync on, a password of its own and its data in a temporary folder. It can be stopped
/// and started again on the same port, and ends with the test process whatever that ends by.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Superuser = "tests";
    private const int StartAttempts = 5;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Its standard input stays open as long as the test process lives. When it closes, the server ends and the folder goes. <c>read</c> and not
    /// <c>cat</c>: nothing may be left that holds the output open.
    /// </summary>
    private const string Guard =
        """
        folder=$1; shift
        exec 3<&0
        "$@" </dev/null 3<&- &
        server=$!
        { while read -r _ <&3; do :; done; : >"$folder/orphaned"; kill -QUIT "$server"; } >/dev/null 2>&1 &
        guard=$!
        wait "$server"; code=$?
        kill "$guard" 2>/dev/null
        [ -e "$folder/orphaned" ] && rm -rf "$folder"
        exit "$code"
        """;

    private readonly TemporaryFolder folder = new();
    private readonly string password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private PostgresDatabases? databases;
    private Process? process;
    private int port;

    private readonly string[] settings;

    private PostgresServer(IEnumerable<string> settings) => this.settings = [.. settings];

    /// <summary>Of its superuser, to the database <c>postgres</c>.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = IPAddress.Loopback.ToString(),
        Port = port,
        Username = Superuser,
        Password = password,
        Database = "postgres",
        SslMode = SslMode.Disable,
    }.ConnectionString;

    /// <summary>Fresh, migrated databases on this server.</summary>
    public PostgresDatabases Databases => databases ??= new PostgresDatabases(ConnectionString);

    /// <summary>Of the process that all others are children of.</summary>
    public int ProcessId => int.Parse(File.ReadLines(Path.Combine(DataPath, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    /// <summary>Everything it keeps is below; for the test that nothing stays.</summary>
    public string FolderPath => folder.Path;

    private string DataPath => folder["data"];

    /// <summary>Starts one. Without PostgreSQL's programs the running test is skipped, or fails in CI.</summary>
    public static Task<PostgresServer> StartAsync() => StartAsync([]);

    /// <inheritdoc cref="StartAsync()"/>
    /// <param name="settings">Such as <c>shared_buffers=128MB</c>; they win over those that suit tests.</param>
    public static async Task<PostgresServer> StartAsync(IEnumerable<string> settings)
    {
        var initdb = PostgresInstallation.Program("initdb");
        var server = new PostgresServer(settings);
        try
        {
            await server.InitializeAsync(initdb);
            await server.ResumeAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it; what was committed is there again after <see cref="ResumeAsync"/>. Until then connections are refused.</summary>
    public async Task StopAsync(PostgresStop how = PostgresStop.Fast)
    {
        if (process is not { } running)
            return;

        process = null;
        using (running)
        {
            await Signals.SendAsync(ProcessId, how == PostgresStop.Fast ? "INT" : "QUIT");
            await running.WaitForExitAsync().WaitAsync(StopTimeout);
        }
    }

    /// <summary>Starts it, with its data and on its port if it ran before.</summary>
    public async Task ResumeAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            // PostgreSQL takes no 'any free port': somebody else may be faster.
            var candidate = port != 0 ? port : FreePort.Next();
            var output = new ProcessOutput();
            var starting = new Process { StartInfo = StartInfo(candidate) };
            output.Start(starting);

            using var timeout = new CancellationTokenSource(StartTimeout);
            if (await output.LineAsync(line => line.Contains("database system is ready to accept connections", StringComparison.Ordinal), starting, timeout.Token) is not null)
            {
                (process, port) = (starting, candidate);
                return;
            }

            starting.Dispose();
            if (port != 0 || attempt == StartAttempts || !output.Text.Contains("could not bind", StringComparison.Ordinal))
                throw new InvalidOperationException($"PostgreSQL did not start. It said:\n{output.Text}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await StopAsync(PostgresStop.Immediate);
        folder.Dispose();
    }

    private async Task InitializeAsync(string initdb)
    {
        await File.WriteAllTextAsync(folder["password"], password);
        if (PostgresInstallation.ServerUser() is { } user)
            await RunAsync(["chown", "-R", user, folder.Path]);

        // A collation that is not that of the bytes, as most servers have one: nothing may rely on theirs.
        await RunAsync(PostgresInstallation.AsServer(
            initdb, "--pgdata", DataPath, "--username", Superuser, "--pwfile", folder["password"], "--auth", "scram-sha-256", "--no-sync",
            "--encoding", "UTF8", "--locale", "C.UTF-8", "--locale-provider", "icu", "--icu-locale", "en-US"));
    }

    private static async Task RunAsync(IEnumerable<string> command)
    {
        var result = await ProcessResult.OfAsync(new ProcessStartInfo(command.First(), command.Skip(1)), StartTimeout);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"'{string.Join(' ', command)}' ended with {result.ExitCode}:\n{result.Output}\n{result.Error}");
    }

    private ProcessStartInfo StartInfo(int candidate)
    {
        string[] all =
        [
            "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=on", "max_connections=200", "shared_buffers=32MB",
            // Tests stop and start servers; what they wait for must not be a checkpoint's pace, and a database is made by copying files.
            "max_wal_size=1GB", "log_min_messages=warning", "lc_messages=C",
            .. settings,
        ];
        var command = PostgresInstallation.AsServer([
            PostgresInstallation.Program("postgres"), "-D", DataPath, "-p", candidate.ToString(CultureInfo.InvariantCulture),
            .. all.SelectMany(setting => new[] { "-c", setting })]);
        return new ProcessStartInfo("sh", ["-c", Guard, "sh", folder.Path, .. command])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }
}
