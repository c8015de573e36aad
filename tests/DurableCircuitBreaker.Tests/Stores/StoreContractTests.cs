using FunctionsMonitor.TestSupport.Breakers;

namespace DurableCircuitBreaker.Tests.Stores;

public sealed class StoreContractTests
{
    [Fact]
    public void Every_store_of_this_library_is_held_to_the_contract() =>
        Assert.Empty(StoreContracts.Untested(typeof(IBreakerStateStore).Assembly, typeof(StoreContractTests).Assembly));

    [Fact]
    public void A_store_without_a_contract_test_would_be_found() =>
        Assert.Equal(
            [typeof(FileBreakerStateStore), typeof(InMemoryBreakerStateStore)],
            StoreContracts.Untested(typeof(IBreakerStateStore).Assembly, typeof(StoreContracts).Assembly).OrderBy(type => type.Name));
}
