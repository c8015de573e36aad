using System.Text.RegularExpressions;
using DurableCircuitBreaker.Tests.Support;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests.Coordination;

/// <summary>Clocks that are off, are set, or jump: no negative wait, and no breaker that is stuck.</summary>
public sealed partial class ClockTests
{
    private readonly BreakerFixture fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_store_in_another_time_makes_no_difference(int sign)
    {
        fixture.Store.ClockOffset = TimeSpan.FromDays(sign * 400);
        var (one, two) = (fixture.Build(), fixture.Build("b"));
        await one.FailAsync(5);
        Assert.Equal(TimeSpan.FromSeconds(60), (await two.BeRejectedAsync()).RetryAfter);
        fixture.Advance(60);
        await two.SucceedAsync();
        await two.SucceedAsync();
        Assert.Equal(CircuitState.Closed, two.Current.State);
    }

    [Fact]
    public async Task A_machine_whose_clock_is_set_takes_no_notice()
    {
        var clock = new MachineClock(Breakers.Noon);
        var store = new FaultyStore(clock);
        var instance = new TestInstance("a", store, clock, null);
        await instance.FailAsync(5);
        foreach (var hours in new[] { -10_000, 10_000, -1 })
        {
            // The machine's wall clock only: the store keeps its own.
            clock.WallOffset = TimeSpan.FromHours(hours);
            store.ClockOffset = -clock.WallOffset;
            Assert.Equal(TimeSpan.FromSeconds(60), (await instance.BeRejectedAsync()).RetryAfter);
        }

        clock.Advance(TimeSpan.FromSeconds(60));
        await instance.SucceedAsync();
    }

    [Fact]
    public async Task A_store_whose_clock_jumps_forward_ends_the_break_early_and_no_wait_is_negative()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Store.ClockOffset = TimeSpan.FromDays(1);
        var other = fixture.Build("b");
        await other.SucceedAsync();
        await instance.Control.ReadAsync(Token);
        await instance.SucceedAsync();
        Assert.Equal(CircuitState.Closed, instance.Current.State);
    }

    [Fact]
    public async Task A_store_whose_clock_jumps_back_keeps_nobody_out_for_longer_than_the_cap()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Store.ClockOffset = TimeSpan.FromDays(-1);
        await instance.Control.ReadAsync(Token);
        var rejection = await instance.BeRejectedAsync();
        Assert.Equal(TimeSpan.FromMinutes(10), rejection.RetryAfter);
        // The cap and a lease: the end may have been that of a host that bids later.
        fixture.Advance(615);
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        Assert.Equal(CircuitState.Closed, instance.Current.State);
    }

    [Theory]
    [InlineData("9999-12-31T23:59:59.9999999+00:00")]
    [InlineData("0001-01-01T00:00:00+00:00")]
    public async Task Whatever_end_a_record_tells_of_nobody_waits_longer_than_the_cap(string end)
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        var stored = OpenUntil().Replace((await fixture.Store.TextAsync("test"))!, $"\"openUntil\":\"{end}\"");
        Assert.Contains(end, stored, StringComparison.Ordinal);
        await fixture.Store.PutAsync("test", System.Text.Encoding.UTF8.GetBytes(stored));

        var cold = fixture.Build("cold");
        var exception = await Record.ExceptionAsync(() => cold.SucceedAsync());
        Assert.True(exception is null or BrokenCircuitException { RetryAfter.TotalMinutes: >= 0 and <= 10 });
        fixture.Advance(615);
        await cold.SucceedAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_store_that_tells_no_time_or_the_last_one_breaks_nothing(int which)
    {
        var store = new TimelessStore(which == 0 ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue);
        var instance = new TestInstance("a", store, fixture.Time, null);
        await instance.FailAsync(5);
        await instance.BeRejectedAsync();
        fixture.Advance(615);
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        Assert.True(instance.Current.IsPassing);
        Assert.DoesNotContain("store unavailable", instance.Events);
    }

    private sealed class TimelessStore(DateTimeOffset time) : IBreakerStateStore
    {
        private readonly InMemoryBreakerStateStore inner = new();

        public async ValueTask<BreakerStoreReading> ReadAsync(string name, CancellationToken cancellationToken) =>
            await inner.ReadAsync(name, cancellationToken) with { Time = time };

        public async ValueTask<BreakerStoreWriting> WriteAsync(
            string name, ReadOnlyMemory<byte> content, string? expectedTag, CancellationToken cancellationToken) =>
            await inner.WriteAsync(name, content, expectedTag, cancellationToken) with { Time = time };

        public IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken) => inner.ListAsync(cancellationToken);
    }

    [GeneratedRegex("\"openUntil\":\"[^\"]*\"")]
    private static partial Regex OpenUntil();
}
