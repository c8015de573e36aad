using FunctionsMonitor.Flushing;
using FunctionsMonitor.IntegrationTests.Chaos;
using FunctionsMonitor.IntegrationTests.Support;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Postgres.Faults;

/// <summary>B11: several instances over the same segments, at once and by different ways in; then the judgement.</summary>
public sealed class ManyFlushersTests(PostgresFixture postgres) : IDisposable
{
    private const int Segments = 60;
    private const int SegmentEvents = 20;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public async Task Each_segment_is_stored_by_one_of_them(int count)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var obligations = new Obligations();
        string?[] paths = [null, "direct", "view", "rpc"];

        // Many transactions, so that they meet often.
        var monitors = Enumerable.Range(0, count)
            .Select(i => new FaultMonitor(folder.Path, database.ConnectionString, paths[i % paths.Length], ("Flush:TransactionEvents", "60")) { Obligations = obligations })
            .ToList();
        try
        {
            for (var i = 0; i < Segments / 2; i++)
                await monitors[i % count].PostAsync(SegmentEvents);
            var flushers = monitors.Select(FlushUntilDoneAsync).ToList();
            for (var i = 0; i < Segments / 2; i++)
                await monitors[i % count].PostAsync(SegmentEvents);

            var flushes = await Task.WhenAll(flushers);
            await monitors[0].DrainAsync();
            Assert.Equal(Segments, await database.ScalarAsync<long>("SELECT count(*) FROM monitoring.flushed_segments"));
            Assert.True(flushes.Sum() > 0, "They never met; this run proves little.");
            var ledger = await monitors[^1].JudgeAsync();
            Assert.Equal((Segments * SegmentEvents, 0, 0), (ledger.Stored, ledger.Duplicates, ledger.DeadLettered));
        }
        finally
        {
            foreach (var monitor in monitors)
                await monitor.DisposeAsync();
        }
    }

    /// <summary>Until nothing of what is owed now waits.</summary>
    /// <returns>How often another one was at it.</returns>
    private static Task<int> FlushUntilDoneAsync(FaultMonitor monitor) => Task.Run(async () =>
    {
        var met = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    var report = await monitor.FlushAsync();
                    if (report.Outcome == FlushOutcome.Partial && report.Notes.Any(note => note.StartsWith(nameof(FlushInProgressException), StringComparison.Ordinal)))
                    {
                        // It had written something before it met another one.
                        met++;
                        return false;
                    }

                    Assert.True(report.Outcome is FlushOutcome.Completed or FlushOutcome.Empty, string.Join(' ', report.Notes));
                    return (await monitor.LedgerAsync()).Pending == 0;
                }
                catch (FlushInProgressException)
                {
                    met++;
                    return false;
                }
            },
            "all is flushed");
        return met;
    });
}
