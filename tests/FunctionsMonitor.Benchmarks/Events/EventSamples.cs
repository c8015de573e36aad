using System.Text;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Validation;
using Microsoft.Extensions.Logging.Abstractions;

namespace FunctionsMonitor.Benchmarks.Events;

/// <summary>The same valid events for everybody, about 200 bytes each as JSON.</summary>
internal static class EventSamples
{
    public const int Count = 1000;
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static EventValidator Validator { get; } = new([], NullLogger<EventValidator>.Instance);

    public static ValidationContext Context { get; } = new(
        EventTime.ToMicroseconds(Start), EventTime.ToMicroseconds(Start.AddDays(-30)), EventTime.ToMicroseconds(Start.AddDays(1)));

    public static IReadOnlyList<byte[]> Lines { get; } = [.. Enumerable.Range(0, Count).Select(i => Encoding.UTF8.GetBytes(
        $$$"""{"event_id":"{{{new Guid(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)}}}","event_type":"{{{TypeOf(i)}}}","timestamp":"{{{Start.AddSeconds(i * 0.3):O}}}","source":"web-{{{i % 20}}}","data":{"latency_ms":{{{i % 700}}},"status":200,"path":"/orders/{{{i}}}"}}"""))];

    public static byte[] Array { get; } = Join("["u8, ","u8, "]"u8);

    public static byte[] NdJson { get; } = Join(""u8, "\n"u8, "\n"u8);

    public static EventIntake NewIntake() => new(Validator, Flags.Current, Context, TimeProvider.System, IngestOptions.DefaultMaxDepth);

    private static FlagManager Flags { get; } = new([], TimeProvider.System, NullLogger<FlagManager>.Instance);

    private static string TypeOf(int i) => $"http.request.{i % 10}";

    private static byte[] Join(ReadOnlySpan<byte> before, ReadOnlySpan<byte> between, ReadOnlySpan<byte> after)
    {
        var body = new List<byte>([.. before]);
        for (var i = 0; i < Lines.Count; i++)
        {
            if (i > 0)
                body.AddRange(between);
            body.AddRange(Lines[i]);
        }

        body.AddRange(after);
        return [.. body];
    }
}
