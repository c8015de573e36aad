using System.Globalization;
using System.Text;
using DurableCircuitBreaker;
using FunctionsMonitor.IntegrationTests.Support;

namespace FunctionsMonitor.IntegrationTests.Breakers;

/// <summary>What only a second process can show of <see cref="FileBreakerStateStore"/>; its other tests are the library's.</summary>
public sealed class FileStoreProcessTests : IDisposable
{
    private const string Name = "orders";
    private readonly TemporaryFolder folder = new();
    private readonly FileBreakerStateStore store;

    public FileStoreProcessTests() => store = new FileBreakerStateStore(Store);

    private string Store => folder["breakers"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Two_processes_that_count_at_once_lose_no_step()
    {
        const int times = 300;
        await using var one = await ChildProcess.StartAsync(["count", Store, Name, $"{times}"]);
        await using var other = await ChildProcess.StartAsync(["count", Store, Name, $"{times}"]);
        await one.EndAsync();
        await other.EndAsync();
        Assert.Equal(2 * times, int.Parse(await ReadAsync(), CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_lock_is_free_again_when_its_process_is_killed()
    {
        Directory.CreateDirectory(Store);
        await using var holder = await ChildProcess.StartAsync(["hold", Path.Combine(Store, Name + ".breaker.lock")]);
        using var impatient = new CancellationTokenSource();
        var refused = store.WriteAsync(Name, "1"u8.ToArray(), null, impatient.Token).AsTask();
        // Another breaker's write, begun later, is done: the first one waits, and for nothing but the lock.
        Assert.True((await store.WriteAsync("another", "1"u8.ToArray(), null, TestContext.Current.CancellationToken)).IsWritten);
        Assert.False(refused.IsCompleted);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => refused.WaitAsync(Eventually.Bound));

        var waiting = store.WriteAsync(Name, "2"u8.ToArray(), null, TestContext.Current.CancellationToken).AsTask();
        await holder.KillAsync();
        Assert.True((await waiting.WaitAsync(Eventually.Bound)).IsWritten);
        Assert.Equal("2", await ReadAsync());
    }

    [Fact]
    public async Task A_writer_that_is_killed_at_any_moment_leaves_a_whole_value_and_a_free_lock()
    {
        for (var life = 0; life < 10; life++)
        {
            await using var writer = await ChildProcess.StartAsync(["write", Store, Name]);
            var first = (await store.ReadAsync(Name, TestContext.Current.CancellationToken)).Tag;
            // It writes without a pause; so it is in the middle of something.
            await Eventually.TrueAsync(async () => (await store.ReadAsync(Name, TestContext.Current.CancellationToken)).Tag != first, "it writes");
            await writer.KillAsync();

            var left = await store.ReadAsync(Name, TestContext.Current.CancellationToken);
            var content = Encoding.UTF8.GetString(left.Content!.Value.Span);
            Assert.Equal(32 * 1024, content.Length);
            Assert.Single(content.Distinct());
            var writing = await store.WriteAsync(Name, "mine"u8.ToArray(), left.Tag, TestContext.Current.CancellationToken).AsTask().WaitAsync(Eventually.Bound);
            Assert.True(writing.IsWritten);
            Assert.Equal("mine", await ReadAsync());
        }
    }

    private async Task<string> ReadAsync() =>
        Encoding.UTF8.GetString((await store.ReadAsync(Name, TestContext.Current.CancellationToken)).Content!.Value.Span);
}
