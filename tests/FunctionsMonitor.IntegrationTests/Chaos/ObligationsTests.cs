namespace FunctionsMonitor.IntegrationTests.Chaos;

/// <summary>The judge itself: it must see each kind of fault, or the tests that rely on it prove nothing.</summary>
public sealed class ObligationsTests
{
    private readonly Obligations obligations = new();
    private readonly Guid id = Guid.NewGuid();

    public ObligationsTests()
    {
        obligations.Send(id, "{}");
        obligations.Owe([id]);
    }

    [Fact]
    public void What_is_owed_and_stored_once_is_fine() => Assert.Empty(obligations.Judge([(id, "{}")]));

    [Fact]
    public void What_was_sent_and_never_answered_may_be_there_or_not()
    {
        var other = Guid.NewGuid();
        obligations.Send(other, "1");
        Assert.Empty(obligations.Judge([(id, "{}")]));
        Assert.Empty(obligations.Judge([(id, "{}"), (other, "1")]));
    }

    [Fact]
    public void A_lost_a_doubled_an_unknown_and_a_changed_event_are_seen()
    {
        Assert.Contains("not stored", Assert.Single(obligations.Judge([])), StringComparison.Ordinal);
        Assert.Contains("2 times", Assert.Single(obligations.Judge([(id, "{}"), (id, "{}")])), StringComparison.Ordinal);
        Assert.Contains("never sent", Assert.Single(obligations.Judge([(id, "{}"), (Guid.NewGuid(), "{}")])), StringComparison.Ordinal);
        Assert.Contains("other bytes", Assert.Single(obligations.Judge([(id, "{ }")])), StringComparison.Ordinal);
    }
}
