using System.Text;
using FunctionsMonitor.LoadTest.Bodies;
using FunctionsMonitor.LoadTest.Engine;
using FunctionsMonitor.LoadTest.Soak;

namespace FunctionsMonitor.Tests.Load;

public sealed class SoakOracleTests
{
    private readonly string prefix = EventNumber.NewPrefix();
    private readonly SoakOracle oracle;

    public SoakOracleTests()
    {
        oracle = new(prefix);
        oracle.Note(first: 0, count: 10, RequestOutcome.Acknowledged);
        oracle.Note(first: 20, count: 10, RequestOutcome.Unknown);
        oracle.Note(first: 10, count: 10, RequestOutcome.Acknowledged);
    }

    [Fact]
    public void What_was_acknowledged_is_stored_once_and_what_is_unknown_may_be()
    {
        Find(Enumerable.Range(0, 25));

        Assert.Empty(oracle.Judge());
        Assert.Equal((20, 10, 25), (oracle.Owed, oracle.Unknown, oracle.Stored));
    }

    [Fact]
    public void A_lost_event_is_named()
    {
        Find(Enumerable.Range(0, 20).Where(i => i != 7));

        Assert.Equal(["Event 7 was acknowledged, and is not stored."], oracle.Judge());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(23)]
    public void A_doubled_event_is_named_acknowledged_or_not(int doubled)
    {
        Find(Enumerable.Range(0, 25).Append(doubled));

        Assert.Equal([$"Event {doubled} is stored twice."], oracle.Judge());
    }

    [Fact]
    public void An_event_that_was_never_sent_is_named()
    {
        Find(Enumerable.Range(0, 20).Append(30));
        oracle.Found(Encoding.ASCII.GetBytes("01a20f33-7d03-74a0-aabc-673800fb2681"));

        Assert.Equal([$"{prefix}00000000001e is stored, and was never sent.", "01a20f33-7d03-74a0-aabc-673800fb2681 is stored, and was never sent."], oracle.Judge());
    }

    private void Find(IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
            oracle.Found(Encoding.ASCII.GetBytes($"{prefix}{number:x12}"));
    }
}
