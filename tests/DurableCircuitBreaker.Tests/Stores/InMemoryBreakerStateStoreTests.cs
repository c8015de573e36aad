using FunctionsMonitor.TestSupport.Breakers;

namespace DurableCircuitBreaker.Tests.Stores;

public sealed class InMemoryBreakerStateStoreTests : BreakerStateStoreContract<InMemoryBreakerStateStore>
{
    protected override ValueTask<(InMemoryBreakerStateStore One, InMemoryBreakerStateStore Other)> CreateAsync()
    {
        var store = new InMemoryBreakerStateStore();
        return ValueTask.FromResult((store, store));
    }
}
