using DurableCircuitBreaker.Tests.Support;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests.Coordination;

/// <summary>Failures in a row outlive the instance that saw them: else a program of short lives would never open anything.</summary>
public sealed class FailureRunSurvivalTests
{
    private readonly BreakerFixture fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_program_that_makes_one_call_in_each_life_opens_at_the_threshold(bool sameHost)
    {
        for (var life = 1; life <= 5; life++)
        {
            var instance = fixture.Build(sameHost ? "host" : $"host-{life}");
            await instance.FailAsync();
            Assert.Equal(life == 5 ? CircuitState.Open : CircuitState.Closed, instance.Current.State);
            await TestInstance.Within(instance.Control.PersistAsync(Token));
            fixture.Advance(10);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public async Task So_does_one_whose_store_answers_later_than_a_cold_call_waits(int epochsBefore)
    {
        // An epoch that is not the first one: a call of before the store's answer belongs to the epoch that the answer tells of.
        for (var i = 0; i < epochsBefore; i++)
            await (i % 2 == 0 ? fixture.Build().Control.IsolateAsync("x", Token) : fixture.Build().Control.ResetAsync("x", Token));
        if (epochsBefore > 0)
            await fixture.Build().Control.ResetAsync("x", Token);

        for (var life = 1; life <= 5; life++)
        {
            fixture.Store.Delay = TimeSpan.FromMilliseconds(400);
            var instance = fixture.Build($"host-{life}");
            var (call, source) = instance.Begin(Token);
            fixture.Advance(0.25);
            // The call goes on without the answer, which comes while it is under way.
            fixture.Advance(0.25);
            Assert.Equal(StoreKnowledge.Known, instance.Current.Store);
            fixture.Store.Delay = TimeSpan.Zero;
            source.SetException(new InvalidOperationException("down"));
            await Assert.ThrowsAsync<InvalidOperationException>(() => TestInstance.Within(call));
            Assert.Equal(0, instance.Current.LateResults);
            await TestInstance.Within(instance.Control.PersistAsync(Token));
            Assert.Equal(life == 5, !instance.Current.IsPassing);
            fixture.Advance(10);
        }
    }

    [Fact]
    public async Task Failures_before_the_first_answer_go_on_from_what_it_tells_of()
    {
        await fixture.Build("before").FailAsync(3);
        await PersistedAsync("before", 3);
        fixture.Store.Delay = TimeSpan.FromSeconds(1);
        var instance = fixture.Build("late");
        for (var i = 0; i < 2; i++)
        {
            var call = instance.FailAsync();
            fixture.Advance(0.25);
            await TestInstance.Within(call);
        }

        fixture.Store.Delay = TimeSpan.Zero;
        await TestInstance.Within(instance.Control.PersistAsync(Token));
        // 3 and 2 are the threshold; but it is a failure after the answer that opens.
        Assert.True(instance.Current.IsPassing);
        Assert.Contains("\"host\":\"late\",\"count\":4", await fixture.Store.TextAsync("test"), StringComparison.Ordinal);
        await instance.FailAsync();
        Assert.Equal(CircuitState.Open, instance.Current.State);
    }

    [Fact]
    public async Task A_run_that_is_unbroken_after_a_refresh_interval_is_noted_once()
    {
        var instance = fixture.Build();
        await instance.FailAsync(3);
        Assert.Equal(0, fixture.Store.Writes);
        fixture.Advance(2.5);
        await instance.FailAsync();
        Assert.Equal(1, fixture.Store.Writes);
        // The call that had it noted ended after the note was taken: 3 are known, 4 at the next look.
        Assert.Contains("\"count\":3", await fixture.Store.TextAsync("test"), StringComparison.Ordinal);
        var cold = fixture.Build("cold");
        await cold.FailAsync(2);
        Assert.Equal(CircuitState.Open, cold.Current.State);
    }

    [Fact]
    public async Task A_run_that_broke_at_once_costs_no_write()
    {
        var instance = fixture.Build();
        for (var i = 0; i < 20; i++)
        {
            await instance.FailAsync();
            await instance.SucceedAsync();
            fixture.Advance(1);
        }

        Assert.Equal(0, fixture.Store.Writes);
    }

    [Fact]
    public async Task The_writers_next_success_clears_it()
    {
        var instance = fixture.Build();
        await instance.FailAsync(4);
        await TestInstance.Within(instance.Control.PersistAsync(Token));
        await instance.SucceedAsync();
        Assert.DoesNotContain("\"count\"", await fixture.Store.TextAsync("test"), StringComparison.Ordinal);
        Assert.Equal(2, fixture.Store.Writes);
        await fixture.Build("cold").FailAsync(4);
        await instance.SucceedAsync();
        Assert.Equal(2, fixture.Store.Writes);
    }

    [Fact]
    public async Task A_cold_instance_of_the_host_clears_the_run_that_it_went_on_from()
    {
        var before = fixture.Build();
        await before.FailAsync(4);
        await TestInstance.Within(before.Control.PersistAsync(Token));
        await fixture.Build().SucceedAsync();
        Assert.DoesNotContain("\"count\"", await fixture.Store.TextAsync("test"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_success_while_the_note_is_under_way_clears_it()
    {
        var instance = fixture.Build();
        await instance.FailAsync(4);
        fixture.Store.Delay = TimeSpan.FromSeconds(0.1);
        var persisting = instance.Control.PersistAsync(Token);
        await instance.SucceedAsync();
        fixture.Advance(0.1);
        // The write that takes it back.
        fixture.Advance(0.1);
        fixture.Store.Delay = TimeSpan.Zero;
        await TestInstance.Within(persisting);
        await TestInstance.Within(instance.Control.PersistAsync(Token));
        Assert.DoesNotContain("\"count\"", await fixture.Store.TextAsync("test"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_while_the_note_is_under_way_are_noted_by_the_same_wait()
    {
        var instance = fixture.Build();
        await instance.FailAsync(2);
        fixture.Store.Delay = TimeSpan.FromSeconds(0.1);
        var first = instance.Control.PersistAsync(Token);
        await instance.FailAsync();
        var second = instance.Control.PersistAsync(Token);
        fixture.Advance(0.1);
        Assert.False(second.IsCompleted);
        fixture.Advance(0.1);
        await TestInstance.Within(first);
        await TestInstance.Within(second);
        Assert.Contains("\"count\":3", await fixture.Store.TextAsync("test"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_handed_from_life_to_life_gets_old_all_the_same()
    {
        await PersistedAsync("first", 4);
        for (var life = 0; life < 5; life++)
        {
            // Each life reads, sees nothing fail, and ends.
            fixture.Advance(11);
            var instance = fixture.Build($"life-{life}");
            await instance.Control.ReadAsync(Token);
            await TestInstance.Within(instance.Control.PersistAsync(Token));
        }

        fixture.Advance(6);
        var cold = fixture.Build("cold");
        await cold.FailAsync();
        Assert.Equal(CircuitState.Closed, cold.Current.State);
    }

    [Fact]
    public async Task A_run_that_is_over_by_the_time_of_the_next_call_is_not_noted()
    {
        var instance = fixture.Build();
        await instance.FailAsync(4);
        fixture.Advance(300);
        await instance.FailAsync();
        Assert.Equal(0, fixture.Store.Writes);
        Assert.Equal(CircuitState.Closed, instance.Current.State);
    }

    [Fact]
    public async Task Others_runs_alone_open_nothing()
    {
        await PersistedAsync("a", 4);
        await PersistedAsync("b", 4);
        var cold = fixture.Build("cold");
        await cold.SucceedAsync();
        Assert.Equal(CircuitState.Closed, cold.Current.State);
    }

    [Fact]
    public async Task A_program_of_short_lives_that_starts_while_the_store_is_down_keeps_what_it_can()
    {
        fixture.Store.Fault = new IOException("down");
        var instance = fixture.Build();
        await instance.FailAsync(3);
        await TestInstance.Within(instance.Control.PersistAsync(Token));
        fixture.Store.Fault = null;
        await TestInstance.Within(instance.Control.PersistAsync(Token));
        Assert.Contains("\"count\":3", await fixture.Store.TextAsync("test"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_was_noted_is_over_once_the_hosts_own_probes_succeed()
    {
        var instance = fixture.Build(change: options =>
        {
            options.Quorum = 2;
            options.SamplingDuration = TimeSpan.FromMinutes(10);
        });
        await instance.FailAsync(4);
        await TestInstance.Within(instance.Control.PersistAsync(Token));
        await instance.FailAsync();
        fixture.Advance(61);
        await instance.SucceedAsync();
        await instance.SucceedAsync();
        await TestInstance.Within(instance.Control.PersistAsync(Token));

        Assert.Empty(instance.Current.Votes);
        Assert.Contains("\"runs\":[]", await fixture.Store.TextAsync(BreakerFixture.Name), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_a_success_ends_while_it_is_being_written_is_not_left_behind()
    {
        var instance = fixture.Build();
        await instance.FailAsync(3);
        fixture.Store.WriteDelay = TimeSpan.FromMilliseconds(100);
        var noting = instance.Control.PersistAsync(Token);
        await instance.SucceedAsync();
        var persisting = instance.Control.PersistAsync(Token);
        fixture.Advance(0.1);
        fixture.Advance(0.1);
        await TestInstance.Within(Task.WhenAll(noting, persisting));

        Assert.Contains("\"runs\":[]", await fixture.Store.TextAsync(BreakerFixture.Name), StringComparison.Ordinal);
    }

    private async Task PersistedAsync(string host, int failures)
    {
        var instance = fixture.Build(host, options => options.FailureThreshold = 100);
        await instance.FailAsync(failures);
        await TestInstance.Within(instance.Control.PersistAsync(Token));
    }
}
