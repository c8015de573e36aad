using DurableCircuitBreaker.Coordination;
using DurableCircuitBreaker.Tests.Support;

namespace DurableCircuitBreaker.Tests.Coordination;

/// <summary>Work that all calls share, and callbacks that belong to none, know nothing of the call that happened to start them; nor it of them.</summary>
public sealed class CallersContextTests
{
    private static readonly AsyncLocal<string?> Ambient = new();
    private readonly BreakerFixture fixture = new();

    [Fact]
    public async Task The_store_and_the_callbacks_see_nothing_of_the_call_that_came_first()
    {
        var seen = new List<string?>();
        var store = new WatchingStore(fixture.Store, () => seen.Add($"store {Ambient.Value}"));
        var instance = new TestInstance("a", store, fixture.Time, options => options.OnOpened = _ =>
        {
            seen.Add($"callback {Ambient.Value}");
            return ValueTask.CompletedTask;
        });
        Ambient.Value = "of the call";
        await instance.FailAsync(5);
        Assert.Equal(["store ", "store ", "callback "], seen);
        Assert.Equal("of the call", Ambient.Value);
    }

    [Fact]
    public async Task Who_ends_shared_work_does_not_run_what_those_who_waited_do_next()
    {
        var source = new TaskCompletionSource();
        var work = new SharedWork(() => source.Task, goesOnInline: false);
        var ender = Environment.CurrentManagedThreadId;
        var isEnding = false;
        var waiting = Task.WhenAll(Enumerable.Range(0, 3).Select(_ => WaitAsync()));
        isEnding = true;
        source.SetResult();
        isEnding = false;
        await TestInstance.Within(waiting);

        async Task WaitAsync()
        {
            await work.RunAsync().ConfigureAwait(false);
            Assert.False(isEnding && Environment.CurrentManagedThreadId == ender, "The thread that ended the work goes on with a caller's.");
        }
    }

    private sealed class WatchingStore(IBreakerStateStore inner, Action look) : IBreakerStateStore
    {
        public ValueTask<BreakerStoreReading> ReadAsync(string name, CancellationToken cancellationToken)
        {
            look();
            return inner.ReadAsync(name, cancellationToken);
        }

        public ValueTask<BreakerStoreWriting> WriteAsync(string name, ReadOnlyMemory<byte> content, string? expectedTag, CancellationToken cancellationToken)
        {
            look();
            return inner.WriteAsync(name, content, expectedTag, cancellationToken);
        }

        public IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken) => inner.ListAsync(cancellationToken);
    }
}
