using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Tests.Flushing;

public sealed class MetricsPersisterTests() : PersisterContract(new SqliteFlowStore())
{
    [Fact]
    public async Task A_listing_that_takes_for_ever_holds_no_flush_up()
    {
        var segments = new MemorySegmentStore();
        await using var monitor = Start(new() { ["Flush:TimeBudget"] = "00:00:03" }, services => services.AddSingleton<ISegmentStore>(segments));
        await PostAsync(monitor, 1);
        var lists = 0;
        // The flush lists until nothing is left; the third is for the depth.
        segments.OnList = token => ++lists > 2 ? HangAsync(token) : Task.CompletedTask;

        Assert.Equal((FlushOutcome.Completed, 1L), await Outcome(monitor));
        Assert.Equal(3, lists);
    }
}
