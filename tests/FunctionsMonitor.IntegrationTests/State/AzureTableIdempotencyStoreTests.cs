using FunctionsMonitor.Idempotency;
using FunctionsMonitor.Storage.Azure;
using FunctionsMonitor.TestSupport.Azurite;
using FunctionsMonitor.TestSupport.Idempotency;

namespace FunctionsMonitor.IntegrationTests.State;

public sealed class AzureTableIdempotencyStoreTests(AzuriteFixture azurite) : IdempotencyStoreContract, IAsyncDisposable
{
    private readonly StateTable table = new(azurite);

    protected override int Rounds => 5;

    public ValueTask DisposeAsync() => table.DisposeAsync();

    protected override async ValueTask<(IIdempotencyStore One, IIdempotencyStore Other)> CreateAsync() =>
        (new AzureTableIdempotencyStore(await table.OpenAsync()), new AzureTableIdempotencyStore(await table.OpenAsync()));
}
