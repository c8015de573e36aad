using FunctionsMonitor.Operations;

namespace FunctionsMonitor.TestSupport.State;

/// <summary>What <see cref="IOperationLog"/> promises; every log has a class that derives from this one.</summary>
public abstract class OperationLogContract
{
    protected static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Two objects on one empty place, as two processes have them.</summary>
    protected abstract ValueTask<(IOperationLog One, IOperationLog Other)> CreateAsync();

    [Fact]
    public async Task An_empty_log_has_no_entries()
    {
        var (log, _) = await CreateAsync();
        Assert.Empty(await log.ListAsync(null, 10, Token));
        Assert.Empty(await log.ListAsync(Guid.CreateVersion7(Now), 10, Token));
    }

    [Fact]
    public async Task Entries_are_read_newest_first_page_by_page_whoever_wrote_them()
    {
        var (log, other) = await CreateAsync();
        var entries = Enumerable.Range(0, 7).Select(i => Entry(TimeSpan.FromMilliseconds(i))).ToList();
        foreach (var (i, entry) in entries.Index().OrderBy(_ => Random.Shared.Next()).ToList())
            await (i % 2 == 0 ? log : other).AppendAsync(entry, Token);

        var first = await log.ListAsync(null, 3, Token);
        var second = await other.ListAsync(first[^1].Id, 3, Token);
        var third = await log.ListAsync(second[^1].Id, 3, Token);
        Assert.Equal((3, 3, 1), (first.Count, second.Count, third.Count));
        Assert.Equal(Enumerable.Reverse(entries), [.. first, .. second, .. third]);
        Assert.Empty(await log.ListAsync(third[^1].Id, 3, Token));
    }

    [Fact]
    public async Task An_entry_comes_back_as_it_was_written_to_the_microsecond()
    {
        var (log, other) = await CreateAsync();
        var entry = new OperationEntry(
            Guid.CreateVersion7(Now), Now.AddMicroseconds(123_457), "ops / ä#?", "isolate", "a target with \"quotes\" & <markup>, 漢 😀",
            "done\nin two lines", new string('x', 500));
        await log.AppendAsync(entry, Token);
        Assert.Equal(entry, Assert.Single(await other.ListAsync(null, 10, Token)));
    }

    [Fact]
    public async Task An_entry_is_kept_once_and_as_it_was_first()
    {
        var (log, other) = await CreateAsync();
        var entry = Entry();
        await log.AppendAsync(entry, Token);
        await other.AppendAsync(entry with { Outcome = "something else" }, Token);
        Assert.Equal(entry, Assert.Single(await log.ListAsync(null, 10, Token)));
    }

    protected static OperationEntry Entry(TimeSpan later = default) =>
        new(Guid.CreateVersion7(Now + later), Now + later, "ops", "isolate", "metrics-store", "done", "host");
}
