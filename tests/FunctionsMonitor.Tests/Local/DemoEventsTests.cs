using System.Text;
using System.Text.Json;
using FunctionsMonitor.Local.Demo;

namespace FunctionsMonitor.Tests.Local;

public sealed class DemoEventsTests
{
    private const int Requests = 300;
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_same_seed_gives_the_same_bytes() => Assert.Equal(Bodies(Make(7)), Bodies(Make(7)));

    [Fact]
    public void Another_seed_gives_others() => Assert.NotEqual(Bodies(Make(7)), Bodies(Make(8)));

    [Fact]
    public void Every_request_has_the_events_it_says()
    {
        foreach (var request in Make(1))
            Assert.Equal(request.Events, Events(request).Count);
    }

    [Fact]
    public void Every_event_says_that_it_is_a_demo() =>
        Assert.All(Make(1).SelectMany(Events), item => Assert.True(item.GetProperty("metadata").GetProperty("demo").GetBoolean()));

    [Fact]
    public void The_invalid_ones_are_as_many_as_it_says_and_few()
    {
        var requests = Make(1);
        foreach (var request in requests)
        {
            // A duplicate is one of the valid ones.
            Assert.Equal(request.Invalid, Events(request).Count(item => !IsValid(item)));
        }

        var share = (double)requests.Sum(request => request.Invalid) / requests.Sum(request => request.Events);
        Assert.InRange(share, 0.02, 0.07);
    }

    [Fact]
    public void Duplicates_repeat_an_earlier_event_to_the_byte()
    {
        var seen = new HashSet<string>();
        foreach (var request in Make(1))
        {
            var repeated = Events(request).Count(item => item.TryGetProperty("event_id", out _) && !seen.Add(item.GetRawText()));
            Assert.Equal(request.Duplicates, repeated);
        }

        Assert.InRange(Make(1).Sum(request => request.Duplicates), 10, Requests / 10);
    }

    [Fact]
    public void There_are_single_events_arrays_lines_and_bursts()
    {
        var requests = Make(1);

        Assert.Contains(requests, request => request.Events == 1);
        Assert.Contains(requests, request => request.ContentType == "application/json" && request.Body[0] == '[');
        Assert.Contains(requests, request => request.ContentType == "application/x-ndjson");
        Assert.Contains(requests, request => request.Events >= 60);
        Assert.True(requests.SelectMany(Events).Select(TypeOf).Distinct().Count() >= 6);
    }

    [Fact]
    public void Times_lie_within_the_last_two_seconds()
    {
        var now = Start;
        var events = new DemoEvents(3);
        for (var i = 0; i < Requests; i++)
        {
            now += TimeSpan.FromSeconds(1);
            var request = events.Next(now);
            if (request.Duplicates == 0)
                Assert.All(Events(request), item => Assert.InRange(item.GetProperty("timestamp").GetDateTimeOffset(), now.AddSeconds(-2), now));
        }
    }

    private static List<DemoRequest> Make(int seed)
    {
        var events = new DemoEvents(seed);
        return [.. Enumerable.Range(1, Requests).Select(i => events.Next(Start.AddSeconds(i)))];
    }

    private static List<string> Bodies(IEnumerable<DemoRequest> requests) => [.. requests.Select(request => Encoding.UTF8.GetString(request.Body))];

    private static List<JsonElement> Events(DemoRequest request)
    {
        var text = Encoding.UTF8.GetString(request.Body);
        return request.ContentType == "application/x-ndjson"
            ? [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))]
            : text[0] == '[' ? [.. JsonElement.Parse(text).EnumerateArray()] : [JsonElement.Parse(text)];
    }

    private static bool IsValid(JsonElement item) =>
        TypeOf(item) is { Length: > 0 and <= 50 }
        && item.TryGetProperty("source", out _)
        && item.GetProperty("data").ValueKind == JsonValueKind.Object;

    private static string? TypeOf(JsonElement item) => item.TryGetProperty("event_type", out var type) ? type.GetString() : null;
}
