using FunctionsMonitor.TestSupport.Azurite;

namespace FunctionsMonitor.IntegrationTests.Breakers;

/// <summary>Two processes that share a table of an Azurite of their own, which can be stopped.</summary>
public sealed class TwoProcessesTableTests : TwoProcessesContract, IAsyncDisposable
{
    private AzuriteServer? azurite;

    public async ValueTask DisposeAsync()
    {
        if (azurite is not null)
            await azurite.DisposeAsync();
    }

    protected override async Task<(string Kind, string Where)> StoreAsync()
    {
        azurite = await AzuriteServer.StartAsync();
        return ("breakers", azurite.ConnectionString);
    }

    protected override Task StopStoreAsync() => azurite!.StopAsync();

    protected override Task ResumeStoreAsync() => azurite!.ResumeAsync();
}
