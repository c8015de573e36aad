using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Tests.Http.Support;

namespace FunctionsMonitor.Tests.Http.Binding;

public sealed class PagingTests
{
    [Theory]
    [InlineData("")]
    [InlineData("&type=test.event&source=tests")]
    [InlineData("&from=2026-11-24T11:59:00Z&to=2026-11-25T00:00:00Z")]
    public async Task Pages_of_events_hold_each_event_once_while_newer_ones_arrive(string filter)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var ids = Enumerable.Range(0, 23).Select(_ => Guid.NewGuid()).ToList();
        // Many of them at one time, so that pages end within it.
        await monitor.IngestAsync($"[{string.Join(',', ids.Select((id, i) => monitor.Event(id: id, at: HttpMonitor.Start.AddSeconds(-(i / 10)))))}]");
        await monitor.FlushAsync();

        var seen = await WalkAsync(monitor, "/events?limit=4" + filter, "event_id", async () =>
        {
            monitor.Time.Advance(TimeSpan.FromSeconds(1));
            await monitor.IngestAsync(monitor.Event());
            await monitor.FlushAsync();
        });

        Assert.Equal(ids.Select(id => id.ToString()).Order(), seen.Order());
    }

    [Fact]
    public async Task Pages_of_dead_letters_hold_each_once_while_more_die_and_some_are_discarded()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var id = Guid.NewGuid();
        await monitor.IngestAsync($"[{string.Join(',', Enumerable.Range(0, 12).Select(i => monitor.Event(id: id, data: $$"""{"v":{{i}}}""")))}]");
        await monitor.FlushAsync();
        var ids = (await monitor.ReadAsync("/dead-letters")).Items().Select(item => item.Text("id")!).ToList();
        Assert.Equal(11, ids.Count);

        var discarded = 0;
        var seen = await WalkAsync(
            monitor, "/dead-letters?limit=4&reason=conflict", "id",
            async () =>
            {
                monitor.Time.Advance(TimeSpan.FromSeconds(1));
                if (discarded < 8)
                {
                    // The last of the page just read: its place is gone, and the next page must begin behind it all the same.
                    using (await monitor.Client.DeleteAsync($"/dead-letters/{ids[discarded + 3]}", TestContext.Current.CancellationToken))
                        discarded += 4;
                    await monitor.MakeDeadLetterAsync();
                }
            });

        Assert.Distinct(seen);
        Assert.Equal(ids, seen.Where(ids.Contains));
        Assert.Equal(13, seen.Count);
    }

    [Fact]
    public async Task Pages_of_operations_hold_each_once_while_more_is_done()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        for (var i = 0; i < 9; i++)
        {
            await monitor.FlushAsync();
            monitor.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var ids = (await monitor.ReadAsync("/operations")).Items().Select(item => item.Text("id")!).ToList();
        var seen = await WalkAsync(monitor, "/operations?limit=2", "id", async () =>
        {
            await monitor.FlushAsync();
            monitor.Time.Advance(TimeSpan.FromSeconds(1));
        });

        Assert.Equal(9, ids.Count);
        Assert.Equal(ids, seen);
    }

    [Theory]
    [InlineData("/events?limit=1")]
    [InlineData("/dead-letters?limit=1")]
    [InlineData("/operations?limit=1")]
    public async Task A_page_that_is_just_full_is_the_last(string path)
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var id = Guid.NewGuid();
        await monitor.IngestAsync($$"""[{{monitor.Event(id: id)}},{{monitor.Event(id: id, data: "{}")}}]""");
        await monitor.FlushAsync();

        var page = await monitor.ReadAsync(path);
        Assert.Single(page.Items());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, page.GetProperty("next_cursor").ValueKind);
    }

    [Fact]
    public async Task A_cursor_is_refused_by_every_other_list_with_other_filters_and_with_any_change()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        for (var i = 0; i < 2; i++)
        {
            await monitor.MakeDeadLetterAsync();
            monitor.Time.Advance(TimeSpan.FromSeconds(1));
        }

        string[] lists = ["/events", "/dead-letters", "/operations"];
        foreach (var list in lists)
        {
            var cursor = (await monitor.ReadAsync($"{list}?limit=1")).Text("next_cursor")!;
            // The limit is no filter: pages may change their size on the way.
            Assert.NotEmpty((await monitor.ReadAsync($"{list}?limit=2&cursor={cursor}")).Items());
            foreach (var other in lists.Where(other => other != list))
                await RefusedAsync(monitor, $"{other}?cursor={cursor}");
            foreach (var broken in (string[])[cursor[..^1], cursor + "A", "B" + cursor[1..], cursor[..2] + (cursor[2] == 'A' ? 'B' : 'A') + cursor[3..]])
                await RefusedAsync(monitor, $"{list}?cursor={broken}");
            if (list != "/operations")
            {
                foreach (var filter in (string[])["type=test.event", "source=tests", "from=2020-01-01T00:00:00Z", "to=2030-01-01T00:00:00Z"])
                    await RefusedAsync(monitor, $"{list}?{filter}&cursor={cursor}");
            }
        }
    }

    [Fact]
    public async Task A_made_up_key_behind_a_true_head_is_answered_and_harms_nothing()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        for (var i = 0; i < 2; i++)
        {
            await monitor.MakeDeadLetterAsync();
            monitor.Time.Advance(TimeSpan.FromSeconds(1));
        }

        foreach (var list in (string[])["/events", "/dead-letters", "/operations"])
        {
            var cursor = (await monitor.ReadAsync($"{list}?limit=1")).Text("next_cursor")!;
            foreach (var fill in (byte[])[0x00, 0x7F, 0x80, 0xFF])
            {
                var bytes = System.Buffers.Text.Base64Url.DecodeFromChars(cursor);
                bytes.AsSpan(9).Fill(fill);
                await monitor.ReadAsync($"{list}?cursor={System.Buffers.Text.Base64Url.EncodeToString(bytes)}");
            }
        }
    }

    private static async Task RefusedAsync(HttpMonitor monitor, string path)
    {
        using var response = await monitor.GetAsync(path);
        Assert.Equal("cursor", (await response.ReadProblemAsync(ProblemTypes.InvalidParameter)).Text("field"));
    }

    /// <summary>Every page to the last, with something happening after each of the first ten.</summary>
    private static async Task<List<string>> WalkAsync(HttpMonitor monitor, string path, string key, Func<Task> meanwhile)
    {
        const int MaxPages = 50;
        var seen = new List<string>();
        string? cursor = null;
        for (var pages = 0; pages < MaxPages; pages++)
        {
            var page = await monitor.ReadAsync(cursor is null ? path : $"{path}&cursor={cursor}");
            seen.AddRange(page.Items().Select(item => item.Text(key)!));
            if (page.Text("next_cursor") is not { Length: > 0 } next)
                return seen;

            cursor = next;
            if (pages < 10)
                await meanwhile();
        }

        Assert.Fail($"There is no end to {path}.");
        return seen;
    }
}
