using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Storage.Files;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Tests.Flushing;

public sealed class LedgerWatchTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);
    private readonly FaultyFileSystem files = new();
    private int listed;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_many_ask_the_books_are_drawn_up_once()
    {
        await using var monitor = Start();
        using var all = new ManualResetEventSlim();
        files.BeforeList = path =>
        {
            if (path.EndsWith("quarantine", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref listed);
                all.Wait(TimeSpan.FromSeconds(30));
            }
        };
        var watch = monitor.Get<LedgerWatch>();
        var asked = Enumerable.Range(0, 20).Select(i => watch.ReadAsync(i, Long, Token).AsTask()).ToList();
        all.Set();
        Assert.Single((await Task.WhenAll(asked)).Distinct(ReferenceEqualityComparer.Instance));
        Assert.Equal(1, listed);
    }

    [Fact]
    public async Task While_newer_books_take_their_time_the_old_ones_are_shown()
    {
        await using var monitor = Start();
        var watch = monitor.Get<LedgerWatch>();
        var old = await watch.ReadAsync("before", Long, Token);
        using var go = new ManualResetEventSlim();
        files.BeforeList = path =>
        {
            if (path.EndsWith("quarantine", StringComparison.Ordinal))
                go.Wait(TimeSpan.FromSeconds(30));
        };
        monitor.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.Same(old, await watch.ReadAsync("after", TimeSpan.Zero, Token));
        go.Set();
        Assert.NotSame(old, await watch.ReadAsync("after", Long, Token));
    }

    [Fact]
    public async Task What_failed_is_not_tried_again_at_once()
    {
        await using var monitor = Start();
        files.BeforeList = path =>
        {
            if (path.EndsWith("quarantine", StringComparison.Ordinal) && listed++ == 0)
                throw new IOException("gone");
        };
        var watch = monitor.Get<LedgerWatch>();
        await Assert.ThrowsAsync<SegmentStoreException>(() => watch.ReadAsync("a", Long, Token).AsTask());
        await Assert.ThrowsAsync<SegmentStoreException>(() => watch.ReadAsync("b", Long, Token).AsTask());
        Assert.Equal(1, listed);
        monitor.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.True((await watch.ReadAsync("b", Long, Token)).Balanced);
    }

    private TestMonitor Start() => new(configure: services => services.AddSingleton<IFileSystem>(files));
}
