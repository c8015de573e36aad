namespace DurableCircuitBreaker.Coordination;

/// <summary>Is told what happens to a breaker, in order; every method only queues.</summary>
internal interface IBreakerListener
{
    void Opened(OnDurableCircuitOpenedArguments args);

    void Closed(OnDurableCircuitClosedArguments args);

    void HalfOpened(OnDurableCircuitHalfOpenedArguments args);

    void StoreUnavailable(OnBreakerStoreUnavailableArguments args);

    /// <summary>Hands on what is queued; called without any lock held.</summary>
    void Deliver();
}
