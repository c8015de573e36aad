using FunctionsMonitor.DeadLetters;

namespace FunctionsMonitor.TestSupport.Flushing;

/// <summary>What <see cref="IDeadLetterStore"/> promises; every implementation has a class that derives from this one, and names it with
/// <see cref="ContractOfAttribute"/>.</summary>
public abstract class DeadLetterStoreContract
{
    protected abstract ValueTask<MetricsStoreBench> CreateBenchAsync();

    [Fact]
    public async Task The_tests_are_about_the_implementation_that_they_say()
    {
        await using var db = await CreateBenchAsync();
        Assert.IsType(ContractOfAttribute.Of(this), db.DeadLetters);
    }

    /// <summary>Three segments, a minute apart, with three dead letters each.</summary>
    private async Task<MetricsStoreBench> CreateAsync()
    {
        var db = await CreateBenchAsync();
        await db.Store.PrepareAsync(MetricsStoreBench.Token);
        await db.RefuseAsync("poison", "no");
        var s = db.Segments;
        for (var i = 0; i < 3; i++)
        {
            var item = s.Event(type: "a");
            var segment = s.Next(item, item with { Data = "1"u8.ToArray() }, item with { Data = null }, s.Event(type: "b", source: "poison"));
            await db.WriteAsync(MetricsStoreBench.Batch(segment) with { FlushedAt = MetricsStoreBench.Now.AddMinutes(i) });
        }

        return db;
    }

    private static async Task<List<DeadLetter>> ListAsync(MetricsStoreBench db, DeadLetterFilter? filter = null) =>
        [.. await db.DeadLetters.ListAsync(filter ?? new(), null, 100, MetricsStoreBench.Token)];

    [Fact]
    public async Task Pages_hold_every_one_once_oldest_first()
    {
        await using var db = await CreateAsync();
        var all = await ListAsync(db);
        Assert.Equal(9, all.Count);
        Assert.Equal(all.OrderBy(letter => letter.DiedAt).ThenBy(letter => letter.Id.SegmentId.ToString()).ThenBy(letter => letter.Id.Index), all);

        var paged = new List<DeadLetterId>();
        while (await db.DeadLetters.ListAsync(new(), paged.Count == 0 ? null : paged[^1], 2, MetricsStoreBench.Token) is { Count: > 0 } page)
            paged.AddRange(page.Select(letter => letter.Id));
        Assert.Equal(all.Select(letter => letter.Id), paged);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Paging_goes_on_behind_one_that_was_discarded(bool wholeSegment)
    {
        await using var db = await CreateAsync();
        var all = await ListAsync(db);
        foreach (var letter in all[3..6].Where(letter => wholeSegment || letter == all[5]))
            await db.DeadLetters.DeleteAsync(letter.Id, MetricsStoreBench.Token);

        var page = await db.DeadLetters.ListAsync(new(), all[5].Id, 100, MetricsStoreBench.Token);
        Assert.Equal(all.Skip(6).Select(letter => letter.Id), page.Select(letter => letter.Id));
        page = await db.DeadLetters.ListAsync(new() { From = MetricsStoreBench.Now.AddMinutes(2) }, all[2].Id, 100, MetricsStoreBench.Token);
        Assert.Equal(all.Skip(6).Select(letter => letter.Id), page.Select(letter => letter.Id));
    }

    [Fact]
    public async Task Every_part_of_the_filter_holds_also_for_the_counts()
    {
        await using var db = await CreateAsync();
        var first = (await ListAsync(db))[0];
        await db.DeadLetters.MarkReplayedAsync(first.Id, MetricsStoreBench.Now, MetricsStoreBench.Token);

        async Task Holds(int count, DeadLetterFilter filter)
        {
            Assert.Equal(count, (await ListAsync(db, filter)).Count);
            Assert.Equal(count, (await db.DeadLetters.CountByReasonAsync(filter, MetricsStoreBench.Token)).Values.Sum());
        }

        await Holds(6, new() { Reason = "conflict" });
        await Holds(3, new() { EventType = "b" });
        await Holds(6, new() { Source = "tests" });
        await Holds(0, new() { Source = "tests", EventType = "b" });
        await Holds(6, new() { From = MetricsStoreBench.Now.AddMinutes(1) });
        await Holds(3, new() { To = MetricsStoreBench.Now.AddMinutes(1) });
        await Holds(1, new() { Replayed = true });
        await Holds(8, new() { Replayed = false });
        Assert.Equal(
            new Dictionary<string, long> { ["conflict"] = 6, [db.RefusalReason] = 3 },
            await db.DeadLetters.CountByReasonAsync(new(), MetricsStoreBench.Token));
    }

    [Fact]
    public async Task One_is_found_marked_as_often_as_it_is_replayed_and_discarded_once()
    {
        await using var db = await CreateAsync();
        var id = (await ListAsync(db))[4].Id;
        var fresh = await db.DeadLetters.FindAsync(id, MetricsStoreBench.Token);
        Assert.Equal((0, null), (fresh!.Replays, fresh.ReplayedAt));

        var at = MetricsStoreBench.Now.AddHours(1);
        Assert.True(await db.DeadLetters.MarkReplayedAsync(id, MetricsStoreBench.Now, MetricsStoreBench.Token));
        Assert.True(await db.DeadLetters.MarkReplayedAsync(id, at, MetricsStoreBench.Token));
        var marked = await db.DeadLetters.FindAsync(id, MetricsStoreBench.Token);
        Assert.Equal((2, at), (marked!.Replays, marked.ReplayedAt));

        Assert.True(await db.DeadLetters.DeleteAsync(id, MetricsStoreBench.Token));
        Assert.False(await db.DeadLetters.DeleteAsync(id, MetricsStoreBench.Token));
        Assert.False(await db.DeadLetters.MarkReplayedAsync(id, at, MetricsStoreBench.Token));
        Assert.Null(await db.DeadLetters.FindAsync(id, MetricsStoreBench.Token));
        Assert.Equal(8, await db.Store.CountDeadLettersAsync(MetricsStoreBench.Token));
    }
}
