using FunctionsMonitor.Buffering;
using FunctionsMonitor.Storage.Azure;
using FunctionsMonitor.TestSupport.Azurite;
using FunctionsMonitor.TestSupport.Segments;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsMonitor.IntegrationTests.Segments;

/// <summary>What blobs have that a folder has not: two places for a segment, names that were given up, moves that were cut off.</summary>
public sealed class BlobLayoutTests(AzuriteFixture azurite) : IAsyncDisposable
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private static readonly byte[] Content = [1, 2, 3, 4, 5];
    private readonly BlobContainer container = new(azurite);
    private readonly SegmentNames names = new();

    public ValueTask DisposeAsync() => container.DisposeAsync();

    [Fact]
    public async Task A_segment_lies_under_0_or_with_names_spread_under_the_last_digit_of_its_id()
    {
        var (plain, spread) = (await container.StoreAsync(), await container.StoreAsync(spread: true));
        var all = new[] { names.EndingOn('7'), names.EndingOn('7'), names.EndingOn('0') };
        await plain.PutAsync(all[0], new(Content), Token);
        await spread.PutAsync(all[1], new(Content), Token);
        await spread.PutAsync(all[2], new(Content), Token);
        Assert.Equal([$"segments/0/{all[0]}", $"segments/0/{all[2]}", $"segments/7/{all[1]}"], (await container.PathsAsync()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_segment_that_was_copied_to_its_other_place_is_one_segment_and_goes_whole()
    {
        var (plain, spread) = (await container.StoreAsync(), await container.StoreAsync(spread: true));
        var name = names.EndingOn('7');
        await plain.PutAsync(name, new(Content), Token);
        await spread.PutAsync(name, new(Content), Token);
        Assert.Equal(name, Assert.Single(await plain.ListAsync(Token).ToListAsync(Token)).Name);

        // The flush deletes what it has stored; the copy shows then, is known by its row, and is deleted too.
        await plain.DeleteAsync(name, Token);
        Assert.Equal(name, Assert.Single(await plain.ListAsync(Token).ToListAsync(Token)).Name);
        await plain.DeleteAsync(name, Token);
        Assert.Empty(await container.PathsAsync());
    }

    [Theory]
    [InlineData("3/")]
    [InlineData("7/deeper/")]
    [InlineData("")]
    public async Task A_segment_in_a_place_of_its_own_choice_is_none(string folder)
    {
        var store = await container.StoreAsync();
        var (name, other) = (names.EndingOn('7'), names.EndingOn('5'));
        foreach (var good in new[] { name, other })
            await store.PutAsync(good, new(Content), Token);
        await (await container.ClientAsync()).UploadBlobAsync($"segments/{folder}{name}", new BinaryData(new byte[9]), Token);
        var entries = await store.ListAsync(Token).ToListAsync(Token);
        var stray = Assert.Single(entries, entry => entry.Name is null);
        Assert.EndsWith(folder + name, stray.FileName, StringComparison.Ordinal);
        await store.QuarantineAsync(stray.FileName, "stray", Token);
        Assert.Equal([name, other], await store.ListAsync(Token).Select(entry => entry.Name!.Value).ToListAsync(Token));
        Assert.Equal(9, Assert.Single(await store.ListQuarantineAsync(Token).ToListAsync(Token)).Bytes);
    }

    [Fact]
    public async Task A_name_that_was_given_up_cannot_be_written_any_more_and_goes_after_a_day()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var store = await container.StoreAsync(time: time);
        var name = names.Next();
        await BlobContainer.AssertUnknownAsync(store, name, Content);
        var exception = await Assert.ThrowsAsync<SegmentStoreException>(async () => await store.PutAsync(name, new(Content), Token));
        Assert.Equal(SegmentStoreFault.Unknown, exception.Fault);
        await BlobContainer.AssertUnknownAsync(store, name, Content);

        time.Advance(AbandonedName.KeptFor - TimeSpan.FromMinutes(5));
        Assert.Empty(await store.ListAsync(Token).ToListAsync(Token));
        Assert.Single(await container.PathsAsync());
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Empty(await store.ListAsync(Token).ToListAsync(Token));
        await Support.Eventually.TrueAsync(async () => (await container.PathsAsync()).Count == 0, "the abandoned name is deleted");
    }

    [Fact]
    public async Task However_many_names_were_given_up_a_listing_deletes_few_at_a_time_and_the_next_goes_on()
    {
        const int Names = 3 * BlobSegmentStore.ForgottenAtOnce;
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var deletes = new HeldDeletes();
        var store = await container.StoreAsync(time: time, handler: deletes);
        await Parallel.ForEachAsync(names.Next(Names), Token, async (name, _) => await BlobContainer.AssertUnknownAsync(store, name, Content));
        time.Advance(AbandonedName.KeptFor + TimeSpan.FromMinutes(10));

        Assert.Empty(await store.ListAsync(Token).ToListAsync(Token));
        Assert.Empty(await store.ListAsync(Token).ToListAsync(Token));
        Assert.Equal(BlobSegmentStore.ForgottenAtOnce, deletes.Held);
        deletes.Release();
        await Support.Eventually.TrueAsync(
            async () =>
            {
                await store.ListAsync(Token).ToListAsync(Token);
                return (await container.PathsAsync()).Count == 0;
            },
            "all of them are deleted by one listing or another");
    }

    [Fact]
    public async Task A_stray_blob_that_is_listed_and_cannot_be_found_is_not_left_in_silence()
    {
        var store = await container.StoreAsync();
        await store.PutAsync(names.Next(), new(Content), Token);
        await (await container.ClientAsync()).UploadBlobAsync("segments/notes.txt", new BinaryData(Content), Token);
        using var blind = new NothingThere();
        var lost = await container.StoreAsync(handler: blind);
        var exception = await Assert.ThrowsAsync<SegmentStoreException>(async () => await lost.QuarantineAsync("notes.txt", "stray", Token));
        Assert.Equal("The blob notes.txt is listed, and is not where its name leads to.", exception.Message);

        // What another flusher took meanwhile is not listed either, whatever begins with its name.
        await store.QuarantineAsync("notes.txt", "stray", Token);
        await (await container.ClientAsync()).UploadBlobAsync("segments/notes.txt.old", new BinaryData(Content), Token);
        await lost.QuarantineAsync("notes.txt", "stray", Token);
        await lost.QuarantineAsync(names.Next().ToString(), "unreadable", Token);
    }

    [Fact]
    public async Task An_empty_segment_that_nobody_gave_up_is_for_the_flush_to_judge()
    {
        var store = await container.StoreAsync();
        var name = names.Next();
        await (await container.ClientAsync()).CreateAsync(cancellationToken: Token);
        await (await container.ClientAsync()).UploadBlobAsync($"segments/0/{name}", new BinaryData(Array.Empty<byte>()), Token);
        Assert.Equal((name, 0), Assert.Single(await store.ListAsync(Token).Select(entry => (entry.Name!.Value, entry.Bytes)).ToListAsync(Token)));
        Assert.Equal(0, (await store.ReadAsync(name.ToString(), Token))!.Value.Length);
    }

    [Fact]
    public async Task A_move_to_quarantine_that_was_cut_off_after_the_copy_is_finished_by_the_next()
    {
        var store = await container.StoreAsync();
        var name = names.Next();
        await store.PutAsync(name, new(Content), Token);
        using (var cut = new FailingDelete())
        {
            var dying = await container.StoreAsync(handler: cut);
            await Assert.ThrowsAsync<SegmentStoreException>(async () => await dying.QuarantineAsync(name.ToString(), "because", Token));
        }

        // Both are there, the bytes nowhere lost; and the second move makes no second copy.
        Assert.Equal(2, (await container.PathsAsync()).Count);
        await store.QuarantineAsync(name.ToString(), "because", Token);
        Assert.Empty(await store.ListAsync(Token).ToListAsync(Token));
        Assert.Equal(name, Assert.Single(await store.ListQuarantineAsync(Token).ToListAsync(Token)).Name);
        Assert.StartsWith($"quarantine/{name}/", Assert.Single(await container.PathsAsync()), StringComparison.Ordinal);
    }

    /// <summary>As with a name that a client's address cannot carry: the service lists it and finds nothing where the client asks.</summary>
    private sealed class NothingThere() : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            request.Method == HttpMethod.Head
                ? Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.NotFound) { Content = new ByteArrayContent([]) })
                : base.SendAsync(request, cancellationToken);
    }

    private sealed class HeldDeletes() : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
    {
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int held;

        public int Held => Volatile.Read(ref held);

        public void Release() => released.SetResult();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Delete && !released.Task.IsCompleted)
            {
                Interlocked.Increment(ref held);
                await released.Task.WaitAsync(cancellationToken);
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class FailingDelete() : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            request.Method == HttpMethod.Delete ? throw new HttpRequestException("The process ends here.") : base.SendAsync(request, cancellationToken);
    }
}
