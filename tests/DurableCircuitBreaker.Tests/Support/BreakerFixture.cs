using Microsoft.Extensions.Time.Testing;

namespace DurableCircuitBreaker.Tests.Support;

/// <summary>One clock, one store, and as many instances of one breaker as a test wants.</summary>
internal sealed class BreakerFixture
{
    public const string Name = "test";

    public BreakerFixture() => Store = new(Time);

    /// <summary>Not at a whole second: a time that is one is taken for an HTTP date, which is cut to it.</summary>
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, 123, TimeSpan.Zero));

    public FaultyStore Store { get; }

    public TestInstance Build(string host = "a", Action<DurableCircuitBreakerStrategyOptions>? change = null) => new(host, Store, Time, change);

    public void Advance(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));
}
