using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Resilience;
using FunctionsMonitor.Storage.Files;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.TestSupport.Flows;

/// <summary>The books, whatever the metrics store is.</summary>
public abstract class LedgerContract(IFlowStore metrics) : FlowContract(metrics)
{
    private readonly FaultyFileSystem files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Neither_side_is_computed_from_the_other_a_lost_row_shows()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 3);
        await monitor.FlushAsync();
        Assert.True((await monitor.LedgerAsync()).Balanced);
        Assert.Equal(1, await Metrics.ExecuteAsync(monitor.Folder, "DELETE FROM flushed_segments WHERE number = 2"));

        var ledger = await monitor.LedgerAsync();
        Assert.Equal((3, 2, 1), (ledger.Accepted, ledger.Stored, ledger.Missing));
        Assert.Equal((2L, 2L), (Assert.Single(ledger.Gaps).FromNumber, ledger.Gaps[0].ToNumber));
    }

    [Fact]
    public async Task A_row_whose_sums_were_changed_shows_too()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 2);
        await monitor.FlushAsync();
        Assert.Equal(1, await Metrics.ExecuteAsync(monitor.Folder, "UPDATE flushed_segments SET count = 0, stored = 0 WHERE number = 1"));
        var ledger = await monitor.LedgerAsync();
        Assert.Equal((2, 1, 1, false), (ledger.Accepted, ledger.Stored, ledger.Missing, ledger.Balanced));
        Assert.Empty(ledger.Gaps);
    }

    [Fact]
    public async Task Every_place_an_event_can_be_in_is_one_of_the_books()
    {
        await using var monitor = Start();
        var id = Guid.NewGuid();
        await monitor.PostAsync($"[{monitor.Event(id: id, data: """{"v":1}""")},{monitor.Event(id: id, data: """{"v":1}""")},{monitor.Event(id: id, data: """{"v":2}""")}]");
        await monitor.FlushAsync();
        await PostAsync(monitor, 1);
        var bytes = await File.ReadAllBytesAsync(monitor.SegmentFiles[0], Token);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(monitor.SegmentFiles[0], bytes, Token);
        await monitor.FlushAsync();
        await PostAsync(monitor, 1);

        var ledger = await monitor.LedgerAsync();
        Assert.Equal(
            (5, 1, 1, 1, 0, 1, 1, 0, true),
            (ledger.Accepted, ledger.Stored, ledger.Duplicates, ledger.DeadLettered, ledger.Expired, ledger.Pending, ledger.Quarantined, ledger.Missing,
                ledger.Balanced));
    }

    [Fact]
    public async Task A_flush_between_the_listing_and_the_query_is_counted_once()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 3);
        var flushed = 0;
        // The ledger's own listing of the quarantine comes after that of the buffer and before the query.
        files.BeforeList = path =>
        {
            if (path.EndsWith("quarantine", StringComparison.Ordinal) && flushed++ == 0)
                Assert.Equal(3, Task.Run(() => monitor.FlushAsync().AsTask()).GetAwaiter().GetResult().Stored);
        };

        var ledger = await monitor.LedgerAsync();
        Assert.True(flushed > 0);
        Assert.Equal((3, 3, 0, true), (ledger.Accepted, ledger.Stored, ledger.Pending, ledger.Balanced));
    }

    [Fact]
    public async Task A_segment_written_and_flushed_after_the_listing_and_one_that_waits_before_it_is_no_gap()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 1);
        var posted = 0;
        files.BeforeList = path =>
        {
            if (path.EndsWith("quarantine", StringComparison.Ordinal) && posted++ == 0)
                Task.Run(async () =>
                {
                    // Number 2 is written behind the listing's back and stays; number 3 is flushed.
                    await PostAsync(monitor, 2);
                    var second = monitor.SegmentFiles[1];
                    var aside = Path.Combine(monitor.Folder, Path.GetFileName(second));
                    File.Move(second, aside);
                    await monitor.FlushAsync();
                    File.Move(aside, second);
                }).GetAwaiter().GetResult();
        };

        var ledger = await monitor.LedgerAsync();
        Assert.Equal((3, 2, 1, true), (ledger.Accepted, ledger.Stored, ledger.Pending, ledger.Balanced));
    }

    [Fact]
    public async Task A_segment_whose_row_exists_and_that_was_not_deleted_is_not_pending()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 2);
        var file = monitor.SegmentFiles[1];
        var bytes = await File.ReadAllBytesAsync(file, Token);
        await monitor.FlushAsync();
        await File.WriteAllBytesAsync(file, bytes, Token);

        var ledger = await monitor.LedgerAsync();
        Assert.Equal((2, 2, 0, true), (ledger.Accepted, ledger.Stored, ledger.Pending, ledger.Balanced));
    }

    [Fact]
    public async Task Numbers_abandoned_by_a_segment_that_waits_are_read_from_its_header()
    {
        await using var monitor = Start();
        var fail = false;
        files.BeforeWrite = _ =>
        {
            if (fail)
                throw new IOException("full");
        };
        await PostAsync(monitor, 1);
        fail = true;
        await Assert.ThrowsAsync<BufferUnavailableException>(() => PostAsync(monitor, 1));
        await Assert.ThrowsAsync<BufferUnavailableException>(() => PostAsync(monitor, 1));
        fail = false;
        await PostAsync(monitor, 1);

        foreach (var flushed in (bool[])[false, true])
        {
            if (flushed)
                await monitor.FlushAsync();
            var ledger = await monitor.LedgerAsync();
            Assert.Equal((2, true), (ledger.Accepted, ledger.Balanced));
            Assert.Equal(4, Assert.Single(ledger.Incarnations).LastNumber);
        }
    }

    [Fact]
    public async Task One_of_several_incarnations_that_misses_something_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("functionsmonitor-test-").FullName;
        try
        {
            for (var life = 0; life < 3; life++)
            {
                await using var earlier = Start(folder);
                await PostAsync(earlier, 3);
                if (life == 1)
                    File.Delete(earlier.SegmentFiles.Single(
                        file => file.Contains($"-{earlier.Get<MonitorInstance>().Incarnation:N}-0000000002-", StringComparison.Ordinal)));
            }

            await using var monitor = Start(folder);
            await monitor.FlushAsync();
            var ledger = await monitor.LedgerAsync();
            Assert.Equal((9, 8, 1, 3), (ledger.Accepted, ledger.Stored, ledger.Missing, ledger.Incarnations.Count));
            Assert.Equal(ledger.Gaps.Single().Incarnation, ledger.Incarnations.Single(incarnation => !incarnation.Balanced).Incarnation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Half_of_the_books_is_none()
    {
        await using var monitor = Start();
        await PostAsync(monitor, 1);
        await monitor.Get<PipelineRegistry>().IsolateAsync(monitor.Get<StorePipelines>().Read.Name, Token);
        await Assert.ThrowsAsync<MetricsStoreUnavailableException>(() => monitor.LedgerAsync().AsTask());
    }

    private TestMonitor Start() => Start(null, services => services.AddSingleton<IFileSystem>(files));

    private static async Task PostAsync(TestMonitor monitor, int count)
    {
        for (var i = 0; i < count; i++)
            await monitor.PostAsync(monitor.Event());
    }
}
