using FunctionsMonitor.Flushing;
using FunctionsMonitor.Storage.Azure;
using FunctionsMonitor.TestSupport.Azurite;
using FunctionsMonitor.TestSupport.State;

namespace FunctionsMonitor.IntegrationTests.State;

public sealed class AzureTableStateStoreFlushScheduleTests(AzuriteFixture azurite) : FlushScheduleContract, IAsyncDisposable
{
    private readonly StateTable table = new(azurite);

    public ValueTask DisposeAsync() => table.DisposeAsync();

    protected override async ValueTask<(IFlushSchedule One, IFlushSchedule Other)> CreateAsync() =>
        (new AzureTableStateStore(await table.OpenAsync()), new AzureTableStateStore(await table.OpenAsync()));
}
