using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Live;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsMonitor.Tests.Live.Support;

/// <summary>Events and a hub to publish them to.</summary>
internal static class LiveSamples
{
    public static LiveEvent Event(string type = "test.event", string source = "tests", int bytes = 10, Guid? id = null, long at = 1) => new(new StoredEvent
    {
        Key = new(at, id ?? Guid.NewGuid()),
        ReceivedAt = at,
        Type = type,
        Source = source,
        Marks = EventMarks.Validated,
        Data = new byte[bytes],
        Metadata = null,
        Issues = null,
        SegmentId = Guid.NewGuid(),
    });

    public static LiveHub Hub(LiveOptions? options = null, FakeTimeProvider? time = null) =>
        new(Options.Create(options ?? new()), time ?? new FakeTimeProvider());

    /// <summary>All that waits, and how many were lost over all of it.</summary>
    public static (List<LiveEvent> Events, long Lost) TakeAll(this LiveSubscription subscription)
    {
        var (events, lost) = (new List<LiveEvent>(), 0L);
        while (subscription.TryTake(out var item, out var before))
        {
            lost += before;
            if (item is not null)
                events.Add(item);
        }

        return (events, lost);
    }

    /// <summary>So many events, as soon as they are there; fails when they do not come.</summary>
    public static async Task<List<LiveEvent>> TakeAsync(this LiveSubscription subscription, int count)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        var events = new List<LiveEvent>();
        while (events.Count < count)
        {
            if (!subscription.TryTake(out var item, out _))
                await subscription.WaitAsync(patience.Token);
            else if (item is not null)
                events.Add(item);
        }

        return events;
    }
}
