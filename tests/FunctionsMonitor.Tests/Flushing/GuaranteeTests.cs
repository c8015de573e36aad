namespace FunctionsMonitor.Tests.Flushing;

/// <summary>Exceptions of <c>docs/guarantees.md</c> that have no other test: what is <em>not</em> promised, so that the page stays true.</summary>
public sealed class GuaranteeTests
{
    [Fact]
    public async Task The_lost_tail_of_a_life_is_not_missed_by_the_books()
    {
        await using var monitor = new TestMonitor();
        await monitor.PostAsync(monitor.Event());
        await monitor.PostAsync(monitor.Event());
        File.Delete(monitor.SegmentFiles[^1]);
        Assert.True((await monitor.LedgerAsync()).Balanced);

        // With anything after it, it is.
        await monitor.PostAsync(monitor.Event());
        Assert.Equal(1, (await monitor.LedgerAsync()).Missing);
    }

    [Fact]
    public async Task A_repeat_without_an_id_and_without_a_key_is_another_event()
    {
        await using var monitor = new TestMonitor();
        const string Nameless = """{"event_type":"a","source":"s","data":{}}""";
        await monitor.PostAsync(Nameless);
        await monitor.PostAsync(Nameless);
        Assert.Equal(2, (await monitor.FlushAsync()).Stored);
    }
}
