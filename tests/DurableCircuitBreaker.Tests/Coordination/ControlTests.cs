using DurableCircuitBreaker.Tests.Support;
using Polly;

namespace DurableCircuitBreaker.Tests.Coordination;

/// <summary>What a control does where the store does not, and for how long it waits.</summary>
public sealed class ControlTests
{
    private readonly BreakerFixture fixture = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operator_is_told_when_the_store_did_not_take_it()
    {
        fixture.Store.Fault = new IOException("unreachable");
        var instance = fixture.Build();
        var exception = await Assert.ThrowsAsync<BreakerStoreException>(() => instance.Control.IsolateAsync(cancellationToken: Token));
        Assert.Equal("Breaker 'test' was not isolated: unreachable", exception.Message);
        Assert.IsType<IOException>(exception.InnerException);
        await instance.SucceedAsync();
    }

    [Fact]
    public async Task An_operator_may_stop_waiting()
    {
        fixture.Store.Delay = Timeout.InfiniteTimeSpan;
        using var cancel = new CancellationTokenSource();
        var isolating = fixture.Build().Control.IsolateAsync(cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TestInstance.Within(isolating));
    }

    [Fact]
    public async Task Reading_by_hand_shows_a_store_that_is_down_and_throws_nothing()
    {
        fixture.Store.Fault = new IOException("unreachable");
        var instance = fixture.Build();
        var read = await instance.Control.ReadAsync(Token);
        Assert.Equal((StoreKnowledge.Unavailable, "IOException: unreachable"), (read.Store, read.StoreFault));
        Assert.Equal(["store unavailable"], instance.Events);
    }

    [Fact]
    public async Task Who_looks_again_and_again_leaves_a_store_alone_that_is_down_as_calls_do()
    {
        fixture.Store.Fault = new IOException("unreachable");
        var instance = fixture.Build(change: options => options.Randomizer = static () => 0.9999999);
        for (var i = 0; i < 240; i++)
        {
            Assert.Equal(StoreKnowledge.Unavailable, (await instance.Control.RefreshAsync(Token)).Store);
            fixture.Advance(0.25);
        }

        // 2.5 s, 5, 10, 20: as for calls.
        Assert.Equal(5, fixture.Store.Reads);
        fixture.Store.Fault = null;
        fixture.Advance(60);
        Assert.Equal(StoreKnowledge.Known, (await instance.Control.RefreshAsync(Token)).Store);
        await instance.Control.RefreshAsync(Token);
        Assert.Equal(6, fixture.Store.Reads);
    }

    [Fact]
    public async Task Reads_by_hand_share_one()
    {
        fixture.Store.Delay = TimeSpan.FromSeconds(1);
        var instance = fixture.Build();
        var reading = Enumerable.Range(0, 5).Select(_ => instance.Control.ReadAsync(Token).AsTask()).ToArray();
        fixture.Advance(1);
        Assert.All(await TestInstance.Within(Task.WhenAll(reading)), read => Assert.Equal(StoreKnowledge.Known, read.Store));
        Assert.Equal(1, fixture.Store.Reads);
    }

    [Fact]
    public async Task What_a_read_by_hand_finds_is_told_at_once()
    {
        var (one, two) = (fixture.Build(), fixture.Build("b"));
        await one.FailAsync(5);
        await two.Control.ReadAsync(Token);
        Assert.Equal(["opened for all: InvalidOperationException: down"], two.Events);
    }

    [Fact]
    public async Task A_store_that_hangs_is_given_up_after_its_own_time()
    {
        fixture.Store.Delay = Timeout.InfiniteTimeSpan;
        var reading = fixture.Build().Control.ReadAsync(Token).AsTask();
        fixture.Advance(4.9);
        Assert.False(reading.IsCompleted);
        fixture.Advance(0.1);
        Assert.StartsWith("TimeoutException", (await TestInstance.Within(reading)).StoreFault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dry_run_is_switched_off_by_a_reload_that_takes_its_control_along()
    {
        var instance = fixture.Build(change: options => options.DryRun = true);
        new ResiliencePipelineBuilder { TimeProvider = fixture.Time }.AddDurableCircuitBreaker(new DurableCircuitBreakerStrategyOptions
        {
            BreakerName = BreakerFixture.Name,
            Store = fixture.Store,
            Control = instance.Control,
        }).Build();

        Assert.Equal(BreakerFixture.Name, instance.Current.BreakerName);
    }

    [Fact]
    public async Task What_becomes_of_a_command_that_nobody_waits_for_any_more_is_no_defect_of_the_program()
    {
        var unobserved = 0;
        void Note(object? sender, UnobservedTaskExceptionEventArgs args) =>
            unobserved += args.Exception.ToString().Contains("nobody waits for", StringComparison.Ordinal) ? 1 : 0;
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await IsolateAndLeaveAsync(fixture.Build());
            // Off the stack that it ended on, which still holds its task.
            await Task.Yield();
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.Equal(0, unobserved);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private async Task IsolateAndLeaveAsync(TestInstance instance)
    {
        fixture.Store.Delay = TimeSpan.FromSeconds(1);
        using var cancel = new CancellationTokenSource();
        var isolating = instance.Control.IsolateAsync("x", cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TestInstance.Within(isolating));
        fixture.Store.Fault = new IOException("nobody waits for this");
        fixture.Advance(1);
    }
}
