using System.Net;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.IntegrationTests.Support;
using FunctionsMonitor.TestSupport.Network;
using FunctionsMonitor.TestSupport.Postgres;
using Npgsql;

namespace FunctionsMonitor.IntegrationTests.Postgres.Faults;

/// <summary>A flush whose connection, backend or whole server goes away under it, at the worst moments; then the judgement.</summary>
public sealed class LostConnectionTests(StoppableServer stoppable) : IClassFixture<StoppableServer>, IDisposable
{
    private readonly PostgresServer server = stoppable.Server;
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string, string> Commits { get; } = new()
    {
        { "rpc", "monitoring.ingest_segments(" }, { "direct", "COMMIT" }, { "view", "INSERT INTO public.monitoring_events_insert" },
    };

    public static TheoryData<string> Paths => FaultMonitor.Paths;

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task The_server_ends_in_the_middle_of_a_batch(string path)
    {
        await using var database = await server.Databases.CreateAsync();
        await using var monitor = new FaultMonitor(folder.Path, database.ConnectionString, path);
        await using var gate = await WriteGate.CloseAsync(database);
        await PostManyAsync(monitor);
        var flush = monitor.FlushAsync();
        await gate.BackendAsync();
        await server.StopAsync(PostgresStop.Immediate);

        Assert.Equal(FlushOutcome.Failed, (await flush).Outcome);
        await monitor.PostAsync();
        Assert.Equal(FlushOutcome.Failed, (await monitor.FlushAsync()).Outcome);
        await server.ResumeAsync();
        await monitor.JudgeAsync();
    }

    [Theory]
    [MemberData(nameof(Commits))]
    public async Task The_connection_ends_between_the_commit_and_its_answer(string path, string request)
    {
        await using var database = await server.Databases.CreateAsync();
        var address = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        await using var proxy = new CuttingProxy(new IPEndPoint(IPAddress.Parse(address.Host!), address.Port));
        await using var monitor = new FaultMonitor(
            folder.Path,
            // What resets a session of the pool goes before the next request and is answered first: that would be the answer that is lost.
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { Port = proxy.Port, NoResetOnClose = true }.ConnectionString, path);
        await monitor.PostAsync(20);
        var loss = proxy.LoseAnswer(request);
        var report = await monitor.FlushAsync();

        // It asked once more and was told that the segment is in; with the answer it would have counted what was stored.
        await loss.Happened;
        Assert.Equal((FlushOutcome.Completed, 20L, 0L, 1), (report.Outcome, report.Events, report.Stored, report.Retries));
        Assert.Equal(20, await database.ScalarAsync<long>("SELECT count(*) FROM monitoring.events"));
        await monitor.JudgeAsync();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task The_backend_is_terminated_in_the_middle_of_a_batch(string path)
    {
        await using var database = await server.Databases.CreateAsync();
        await using var monitor = new FaultMonitor(folder.Path, database.ConnectionString, path);
        await using var gate = await WriteGate.CloseAsync(database);
        await PostManyAsync(monitor);
        var flush = monitor.FlushAsync();
        var first = await gate.BackendAsync();
        Assert.True(await database.ScalarAsync<bool>($"SELECT pg_terminate_backend({first})"));
        await Eventually.TrueAsync(async () => await gate.BackendAsync() != first, "it is tried again");
        await gate.OpenAsync();

        var report = await flush;
        Assert.Equal((FlushOutcome.Completed, 1), (report.Outcome, report.Retries));
        await monitor.JudgeAsync();
    }

    /// <summary>
    /// The server's process is there and its connection open, and nothing moves: no keepalive, no <c>tcp_user_timeout</c> and no
    /// <c>statement_timeout</c> ends that.
    /// </summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public async Task The_backend_stands_still_in_the_middle_of_a_batch(string path)
    {
        await using var database = await server.Databases.CreateAsync();
        await using var monitor = new FaultMonitor(folder.Path, database.ConnectionString, path, ("Flags:MONITORING_TIMEOUT_MS", "1000"));
        await using var gate = await WriteGate.CloseAsync(database);
        await PostManyAsync(monitor);
        var flush = monitor.FlushAsync();
        var backend = await gate.BackendAsync();
        await Signals.SendAsync(backend, "STOP");
        try
        {
            // It still holds the flushers' lock. The flush knows that it may be its own attempt; the next one cannot tell it from another flush.
            Assert.Equal(FlushOutcome.Failed, (await flush).Outcome);
            await monitor.PostAsync();
            await Assert.ThrowsAsync<FlushInProgressException>(monitor.FlushAsync);
            Assert.False((await monitor.LedgerAsync()).Pending == 0);
        }
        finally
        {
            await Signals.SendAsync(backend, "CONT");
        }

        await gate.OpenAsync();
        await monitor.JudgeAsync();
    }

    /// <summary>More than fits into the buffers between client and server: who copies is itself in the middle of sending.</summary>
    private static async Task PostManyAsync(FaultMonitor monitor)
    {
        await monitor.PostAsync(500, WriteGate.Source, padding: 2000);
        for (var i = 0; i < 4; i++)
            await monitor.PostAsync(500, padding: 2000);
    }
}
