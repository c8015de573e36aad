namespace DurableCircuitBreaker;

/// <inheritdoc/>
public class DurableCircuitBreakerStrategyOptions : DurableCircuitBreakerStrategyOptions<object>
{
}
