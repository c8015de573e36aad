using System.Text;
using DurableCircuitBreaker.Tests.Support;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests.Coordination;

/// <summary>A store that has something that nobody can read, or only a later version.</summary>
public sealed class UnreadableRecordTests
{
    private readonly BreakerFixture fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("garbage")]
    [InlineData("""{"version":1,"record":{"state":77}}""")]
    [InlineData("""{"version":9,"record":{}}""")]
    public async Task What_cannot_be_read_is_unknown_said_once_and_never_overwritten(string stored)
    {
        await fixture.Store.PutAsync("test", Encoding.UTF8.GetBytes(stored));
        var instance = fixture.Build();
        await instance.FailAsync(5);
        await instance.BeRejectedAsync();
        fixture.Advance(60);
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        for (var i = 0; i < 60; i++)
        {
            fixture.Advance(10);
            await instance.SucceedAsync();
        }

        await TestInstance.Within(instance.Control.PersistAsync(Token));
        Assert.Equal(stored, await fixture.Store.TextAsync("test"));
        Assert.Equal(0, fixture.Store.Writes);
        Assert.Single(instance.Events, "unreadable");
        Assert.DoesNotContain("store unavailable", instance.Events);
        Assert.Equal(StoreKnowledge.Unreadable, instance.Current.Store);
    }

    [Fact]
    public async Task A_reset_by_hand_replaces_garbage()
    {
        await fixture.Store.PutAsync("test", "garbage"u8.ToArray());
        var instance = fixture.Build();
        await instance.FailAsync(5);
        await instance.Control.ResetAsync(cancellationToken: Token);
        await instance.SucceedAsync();
        Assert.Equal((StoreKnowledge.Known, CircuitState.Closed), (instance.Current.Store, instance.Current.State));
        await instance.FailAsync(5);
        await fixture.Build("b").BeRejectedAsync();
    }

    [Fact]
    public async Task An_isolation_by_hand_replaces_garbage_too()
    {
        await fixture.Store.PutAsync("test", "garbage"u8.ToArray());
        await fixture.Build().Control.IsolateAsync("maintenance", Token);
        Assert.IsType<IsolatedCircuitException>(await fixture.Build("b").BeRejectedAsync());
    }

    [Fact]
    public async Task Epochs_go_on_where_garbage_was_replaced()
    {
        var instance = fixture.Build();
        await instance.Control.IsolateAsync("x", Token);
        await instance.Control.ResetAsync("x", Token);
        Assert.Equal(2, instance.Current.Epoch);
        await fixture.Store.PutAsync("test", "garbage"u8.ToArray());
        await instance.Control.ResetAsync("x", Token);
        Assert.True(instance.Current.Epoch > 2);
    }

    [Fact]
    public async Task Not_even_a_reset_by_hand_replaces_a_record_of_a_later_version()
    {
        const string Newer = """{"version":2,"record":{"state":"Open"}}""";
        await fixture.Store.PutAsync("test", Encoding.UTF8.GetBytes(Newer));
        var instance = fixture.Build();
        var exception = await Assert.ThrowsAsync<BreakerStoreException>(() => instance.Control.ResetAsync(cancellationToken: Token));
        Assert.Contains("was not reset: The stored breaker state has version 2", exception.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BreakerStoreException>(() => instance.Control.IsolateAsync(cancellationToken: Token));
        Assert.Equal(Newer, await fixture.Store.TextAsync("test"));
        // What went wrong is told although no call followed.
        Assert.Equal(["unreadable"], instance.Events);
    }
}
