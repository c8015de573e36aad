using System.Text;
using FunctionsMonitor.Events;

namespace FunctionsMonitor.TestSupport.Measuring;

/// <summary>Events that were taken in: valid, of ten types and twenty sources, 150 bytes each in a segment.</summary>
internal static class ReceivedEvents
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static IReadOnlyList<MonitoringEvent> Make(int count) => [.. Enumerable.Range(0, count).Select(i => new MonitoringEvent
    {
        Id = new Guid(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
        Timestamp = EventTime.ToMicroseconds(Start.AddSeconds(i * 0.01)),
        ReceivedAt = EventTime.ToMicroseconds(Start),
        Marks = EventMarks.Validated,
        ValidationNanoseconds = 400,
        Errors = 0,
        Warnings = 0,
        Type = Encoding.UTF8.GetBytes($"http.request.{i % 10}"),
        Source = Encoding.UTF8.GetBytes($"web-{i % 20}"),
        Data = Encoding.UTF8.GetBytes($$"""{"latency_ms":{{i % 700}},"status":200,"path":"/orders/{{i}}"}"""),
        Metadata = null,
        Issues = null,
    })];
}
