using FunctionsMonitor.Storage.Azure;
using FunctionsMonitor.TestSupport.Breakers;

namespace FunctionsMonitor.IntegrationTests.Breakers;

public sealed class StoreContractTests
{
    [Fact]
    public void Every_store_of_the_storage_project_is_held_to_the_contract() =>
        Assert.Empty(StoreContracts.Untested(typeof(AzureTableBreakerStateStore).Assembly, typeof(StoreContractTests).Assembly));
}
