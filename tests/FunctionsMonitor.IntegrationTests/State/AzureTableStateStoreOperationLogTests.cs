using Azure.Data.Tables;
using FunctionsMonitor.Operations;
using FunctionsMonitor.Storage.Azure;
using FunctionsMonitor.TestSupport.Azurite;
using FunctionsMonitor.TestSupport.State;

namespace FunctionsMonitor.IntegrationTests.State;

public sealed class AzureTableStateStoreOperationLogTests(AzuriteFixture azurite) : OperationLogContract, IAsyncDisposable
{
    private readonly StateTable table = new(azurite);

    public ValueTask DisposeAsync() => table.DisposeAsync();

    protected override async ValueTask<(IOperationLog One, IOperationLog Other)> CreateAsync() =>
        (new AzureTableStateStore(await table.OpenAsync()), new AzureTableStateStore(await table.OpenAsync()));

    [Fact]
    public async Task An_entry_goes_a_year_after_it_was_written_and_no_earlier()
    {
        var (log, _) = await CreateAsync();
        var entries = new[] { Entry(), Entry(TimeSpan.FromDays(1)), Entry(AzureTableStateStore.KeptFor), Entry(AzureTableStateStore.KeptFor + TimeSpan.FromMilliseconds(1)) };
        foreach (var entry in entries[..3])
            await log.AppendAsync(entry, Token);
        Assert.Equal(3, (await log.ListAsync(null, 10, Token)).Count);
        await log.AppendAsync(entries[3], Token);
        Assert.Equal(Enumerable.Reverse(entries[1..]), await log.ListAsync(null, 10, Token));
    }

    [Fact]
    public async Task An_operator_reads_the_log_in_any_storage_browser_newest_first()
    {
        var (log, _) = await CreateAsync();
        await log.AppendAsync(Entry() with { Outcome = "old" }, Token);
        await log.AppendAsync(Entry(TimeSpan.FromSeconds(1)) with { Outcome = "new" }, Token);
        var rows = await (await table.ClientAsync()).QueryAsync<TableEntity>("PartitionKey eq 'operation'", cancellationToken: Token).ToListAsync(Token);
        Assert.Equal(["new", "old"], rows.Select(row => row.GetString("outcome")));
    }
}
