using System.Globalization;
using System.Text;
using System.Text.Json;
using FunctionsMonitor.LoadTest.Bodies;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsMonitor.Tests.Load;

public sealed class EventRequestsTests
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 25, 3, 0, 0, 250, TimeSpan.Zero));

    [Theory]
    [InlineData("NdJson")]
    [InlineData("JsonArray")]
    public void No_event_is_like_another_whichever_connection_sends_it(string format)
    {
        var requests = new EventRequests("/events", Enum.Parse<BodyFormat>(format), events: 20, withInvalid: false, time);
        var (one, other) = (requests.NewBuffer(), requests.NewBuffer());

        List<long> firsts = [];
        List<string> ids = [];
        foreach (var buffer in (byte[][])[one, other, one])
        {
            firsts.Add(requests.Prepare(buffer));
            ids.AddRange(Events(buffer).Select(item => item.GetProperty("event_id").GetString()!));
        }

        Assert.Equal([0, 20, 40], firsts);
        Assert.Equal(Enumerable.Range(0, 60).Select(i => $"{requests.Prefix}{i:x12}"), ids);
    }

    [Fact]
    public void Events_are_about_150_bytes_and_of_the_moment()
    {
        var requests = new EventRequests("/events", BodyFormat.NdJson, events: 1_000, withInvalid: false, time);
        var buffer = requests.NewBuffer();
        time.Advance(TimeSpan.FromSeconds(1));

        requests.Prepare(buffer);

        Assert.InRange(requests.BodyBytes / 1_000.0, 148, 152);
        Assert.All(Events(buffer), item => Assert.Equal(time.GetUtcNow(), item.GetProperty("timestamp").GetDateTimeOffset()));
    }

    [Fact]
    public void Every_tenth_event_has_no_source_if_it_shall_be_invalid()
    {
        var requests = new EventRequests("/events", BodyFormat.JsonArray, events: 30, withInvalid: true, time);
        var buffer = requests.NewBuffer();

        requests.Prepare(buffer);

        Assert.Equal([0, 10, 20], Events(buffer).Index().Where(item => !item.Item.TryGetProperty("source", out _)).Select(item => item.Index));
    }

    [Fact]
    public void A_line_an_event_has_a_nanosecond_of_its_own()
    {
        var requests = new EventRequests("/write?db=load", BodyFormat.LineProtocol, events: 50, withInvalid: false, time);
        var buffer = requests.NewBuffer();

        List<long> times = [];
        for (var i = 0; i < 3; i++)
        {
            requests.Prepare(buffer);
            times.AddRange(Body(buffer).TrimEnd('\n').Split('\n').Select(line => long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture)));
        }

        Assert.Equal(150, times.Distinct().Count());
        Assert.Equal((time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100, times[0]);
    }

    [Fact]
    public void The_number_of_an_event_is_read_back_from_its_id()
    {
        var prefix = EventNumber.NewPrefix();

        Assert.True(EventNumber.TryRead(Encoding.ASCII.GetBytes($"{prefix}00000000abcd"), prefix, out var number));
        Assert.Equal(0xabcd, number);
        Assert.False(EventNumber.TryRead(Encoding.ASCII.GetBytes($"{EventNumber.NewPrefix()}00000000abcd"), prefix, out _));
        Assert.True(Guid.TryParse($"{prefix}00000000abcd", out _));
    }

    private static IEnumerable<JsonElement> Events(byte[] request)
    {
        var body = Body(request).TrimEnd('\n');
        return body.StartsWith('[') ? [.. JsonElement.Parse(body).EnumerateArray()] : body.Split('\n').Select(line => JsonElement.Parse(line));
    }

    /// <summary>Whose length is the one that the headers say.</summary>
    private static string Body(byte[] request)
    {
        var text = Encoding.ASCII.GetString(request);
        var body = text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        Assert.Contains($"\r\nContent-Length: {body.Length}\r\n", text, StringComparison.Ordinal);
        return body;
    }
}
