using System.Net;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Tests.Http.Support;
using FunctionsMonitor.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Tests.Http;

public sealed class ConcurrentPostsTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(1000)]
    public async Task Each_of_many_concurrent_posts_is_stored_once_and_the_books_balance(int posts)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var ids = Enumerable.Range(0, posts).Select(_ => Guid.NewGuid()).ToList();

        var segments = await Task.WhenAll(ids.Select(async id =>
        {
            using var response = await monitor.PostAsync("/events", monitor.Event(id: id));
            return (await response.ReadJsonAsync(HttpStatusCode.Accepted)).GetProperty("segment_id").GetGuid();
        }));

        Assert.Equal(segments.Distinct().Count(), monitor.SegmentFiles.Length);
        var report = await monitor.FlushAsync();
        Assert.Equal((posts, 0, 0), (report.Number("stored"), report.Number("duplicates"), report.Number("dead_lettered")));
        var stored = (await monitor.ReadAsync("/events?limit=1000")).Items().ToDictionary(item => item.GetProperty("event_id").GetGuid());
        Assert.Equal(ids.Order(), stored.Keys.Order());
        // Each answer named the segment that its own event is in.
        Assert.All(ids.Zip(segments), pair => Assert.Equal(pair.Second, stored[pair.First].GetProperty("segment_id").GetGuid()));
        monitor.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(posts, (await monitor.ReadAsync("/metrics/validation")).Items("types").Single().Number("total"));
        var ledger = await monitor.ReadAsync("/metrics/ledger");
        Assert.True(ledger.GetProperty("balanced").GetBoolean());
        Assert.Equal((posts, posts, 0), (ledger.Number("accepted"), ledger.Number("stored"), ledger.Number("pending")));
    }

    [Fact]
    public async Task A_thousand_posts_that_come_while_one_segment_is_written_share_the_next()
    {
        var store = new MemorySegmentStore();
        await using var monitor = await HttpMonitor.StartAsync(services => services.AddSingleton<ISegmentStore>(store));
        var release = new TaskCompletionSource();
        store.OnPut = _ => release.Task;

        var posts = Enumerable.Range(0, 1000).Select(_ => monitor.PostAsync("/events", monitor.Event())).ToList();
        await Eventually.TrueAsync(() => Task.FromResult(monitor.Get<EventBuffer>().WaitingRequests == posts.Count));
        Assert.DoesNotContain(posts, post => post.IsCompleted);
        release.SetResult();

        foreach (var post in posts)
        {
            using var response = await post;
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        }

        Assert.Equal(2, store.Written.Count);
        Assert.Equal(1000, (await monitor.FlushAsync()).Number("stored"));
    }

    [Fact]
    public async Task A_write_that_fails_fails_those_who_wait_for_it_and_nobody_else()
    {
        var store = new MemorySegmentStore();
        await using var monitor = await HttpMonitor.StartAsync(services => services.AddSingleton<ISegmentStore>(store));
        var release = new TaskCompletionSource();
        store.OnPut = name => name.Number == 1 ? release.Task : name.Number == 2 ? throw new SegmentStoreException(SegmentStoreFault.NotWritten, "Full.") : Task.CompletedTask;
        var first = monitor.PostAsync("/events", monitor.Event());
        await Eventually.TrueAsync(() => Task.FromResult(monitor.Get<EventBuffer>().WaitingRequests == 1));
        var doomed = Enumerable.Range(0, 20).Select(_ => monitor.PostAsync("/events", monitor.Event())).ToList();
        await Eventually.TrueAsync(() => Task.FromResult(monitor.Get<EventBuffer>().WaitingRequests == 21));
        release.SetResult();

        using var taken = await first;
        await taken.ReadJsonAsync(HttpStatusCode.Accepted);
        foreach (var post in doomed)
        {
            using var response = await post;
            Assert.Equal("buffer_unavailable", (await response.ReadRetryableAsync(ProblemTypes.BufferUnavailable)).Text("code"));
        }

        await monitor.IngestAsync(monitor.Event());
        Assert.Equal(2, (await monitor.FlushAsync()).Number("stored"));
        var ledger = await monitor.ReadAsync("/metrics/ledger");
        Assert.Equal(("True", 2), (ledger.Text("balanced"), ledger.Number("accepted")));
    }
}
