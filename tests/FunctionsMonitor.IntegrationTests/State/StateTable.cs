using Azure.Data.Tables;
using FunctionsMonitor.Storage.Azure;
using FunctionsMonitor.TestSupport.Azurite;

namespace FunctionsMonitor.IntegrationTests.State;

/// <summary>A table of a test's own on a real Azurite.</summary>
internal sealed class StateTable(AzuriteFixture azurite) : IAsyncDisposable
{
    private readonly string name = $"t{Guid.NewGuid():N}";

    public async Task<TableClient> ClientAsync() => new(await azurite.ConnectionStringAsync(), name);

    public async Task<AzureStateTable> OpenAsync() =>
        new(new AzureTableOptions { ConnectionString = await azurite.ConnectionStringAsync(), TableName = name, NetworkTimeout = TimeSpan.FromSeconds(30) });

    // Azurite forgets; one that was named by the environment may not.
    public async ValueTask DisposeAsync() => await (await ClientAsync()).DeleteAsync(CancellationToken.None);
}
