using DurableCircuitBreaker.Tests.Support;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests.Coordination;

/// <summary>A store that can be read and takes nothing that is written.</summary>
public sealed class ReadOnlyStoreTests
{
    private readonly BreakerFixture fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_vote_that_could_not_be_written_is_cast_when_the_store_answers_again()
    {
        var instance = fixture.Build();
        await instance.SucceedAsync();
        fixture.Store.WriteFault = new IOException("read only");
        await instance.FailAsync(5);
        Assert.Equal((CircuitState.Closed, false), (instance.Current.State, instance.Current.IsPassing));
        fixture.Store.WriteFault = null;
        fixture.Advance(2.5);
        await instance.BeRejectedAsync();
        Assert.Equal(CircuitState.Open, instance.Current.State);
    }

    [Fact]
    public async Task A_store_that_can_only_be_read_does_not_keep_a_call_for_ever()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Advance(60);
        fixture.Store.WriteFault = new IOException("read only");
        // Nobody can take the lease, or close the circuit: it would be open for ever, so each instance finds out for itself.
        for (var i = 0; i < 2; i++)
            await instance.SucceedAsync();
        Assert.InRange(fixture.Store.Writes, 2, 20);
        Assert.Equal((CircuitState.Open, true, StoreKnowledge.Unavailable), (instance.Current.State, instance.Current.IsPassing, instance.Current.Store));
    }

    [Fact]
    public async Task Between_reads_of_a_store_that_can_only_be_read_what_was_found_out_alone_stands_and_it_is_said_once()
    {
        var instance = fixture.Build();
        await instance.FailAsync(5);
        fixture.Advance(60);
        fixture.Store.WriteFault = new IOException("read only");
        for (var i = 0; i < 120; i++)
        {
            // Each of its reads says "open", and nothing new.
            await instance.SucceedAsync();
            fixture.Advance(5);
        }

        Assert.Equal((StoreKnowledge.Unavailable, "IOException: read only", true), (instance.Current.Store, instance.Current.StoreFault, instance.Current.IsPassing));
        Assert.Single(instance.Events, "store unavailable");
        // Backing off: twice in vain each time, soon no more than once a minute.
        Assert.InRange(fixture.Store.Writes, 20, 50);

        fixture.Store.WriteFault = null;
        fixture.Advance(60);
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        Assert.Equal((StoreKnowledge.Known, CircuitState.Closed), (instance.Current.Store, instance.Current.State));
    }

    [Fact]
    public async Task News_from_a_store_that_can_only_be_read_is_news()
    {
        var (instance, other) = (fixture.Build(), fixture.Build("b"));
        await instance.FailAsync(5);
        fixture.Advance(60);
        fixture.Store.WriteFault = new IOException("read only");
        await instance.SucceedAsync();
        Assert.Equal(StoreKnowledge.Unavailable, instance.Current.Store);
        fixture.Store.WriteFault = null;
        await other.Control.IsolateAsync("maintenance", Token);
        fixture.Store.WriteFault = new IOException("read only");
        fixture.Advance(10);
        Assert.IsType<IsolatedCircuitException>(await instance.BeRejectedAsync());
    }

    [Fact]
    public async Task While_it_is_closed_a_store_that_can_only_be_read_is_known_and_it_is_said_once_that_it_takes_nothing()
    {
        var instance = fixture.Build(change: options => options.FailureThreshold = 1000);
        await instance.SucceedAsync();
        fixture.Store.WriteFault = new IOException("read only");
        for (var i = 0; i < 120; i++)
        {
            fixture.Advance(5);
            await instance.FailAsync();
            Assert.Equal(StoreKnowledge.Known, instance.Current.Store);
        }

        Assert.Equal(["store unavailable"], instance.Events);
        // A run that grows is noted again and again, and here in vain: twice each time, soon no more than once a minute.
        Assert.InRange(fixture.Store.Writes, 20, 50);
    }
}
