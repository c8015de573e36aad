using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using FunctionsMonitor.Events;

namespace FunctionsMonitor.Benchmarks.Events;

/// <summary>
/// From a body's bytes to events; times are of one event. Ours also validates them, gives them their identity and writes their records; the
/// rivals (System.Text.Json, source-generated) only take the six fields out, check no limit, and have no events before the whole body is there.
/// </summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
[HideColumns("Error", "Median")]
public class EventReaderBenchmarks
{
    private static readonly IngestOptions Limits = new();

    [Benchmark(Description = "EventReader, validated and recorded", OperationsPerInvoke = EventSamples.Count), BenchmarkCategory("1 JSON array")]
    public int ArrayOurs() => Read(EventSamples.Array, EventFormat.Json);

    [Benchmark(Description = "JsonDocument", Baseline = true, OperationsPerInvoke = EventSamples.Count), BenchmarkCategory("1 JSON array")]
    public int ArrayDocument()
    {
        using var document = JsonDocument.Parse(EventSamples.Array);
        var count = 0;
        foreach (var element in document.RootElement.EnumerateArray())
            count += Take(element);
        return count;
    }

    [Benchmark(Description = "JsonSerializer to a class", OperationsPerInvoke = EventSamples.Count), BenchmarkCategory("1 JSON array")]
    public int ArrayDto() => JsonSerializer.Deserialize(EventSamples.Array, EventDtoJson.Default.ListEventDto)!.Count;

    [Benchmark(Description = "EventReader, validated and recorded", OperationsPerInvoke = EventSamples.Count), BenchmarkCategory("2 NDJSON")]
    public int LinesOurs() => Read(EventSamples.NdJson, EventFormat.NdJson);

    [Benchmark(Description = "JsonDocument", Baseline = true, OperationsPerInvoke = EventSamples.Count), BenchmarkCategory("2 NDJSON")]
    public int LinesDocument()
    {
        var count = 0;
        ForEachLine(line =>
        {
            using var document = JsonDocument.Parse(line);
            count += Take(document.RootElement);
        });
        return count;
    }

    [Benchmark(Description = "JsonSerializer to a class", OperationsPerInvoke = EventSamples.Count), BenchmarkCategory("2 NDJSON")]
    public int LinesDto()
    {
        var count = 0;
        ForEachLine(line => count += JsonSerializer.Deserialize(line.Span, EventDtoJson.Default.EventDto)!.EventId is null ? 0 : 1);
        return count;
    }

    private static int Read(byte[] body, EventFormat format)
    {
        using var intake = EventSamples.NewIntake();
        var reading = EventReader.ReadAsync(PipeReader.Create(new ReadOnlySequence<byte>(body)), format, Limits, intake, CancellationToken.None);
        return reading.IsCompletedSuccessfully && intake.Accepted == EventSamples.Count && intake.Rejected == 0
            ? intake.Accepted
            : throw new InvalidOperationException("Not every event was accepted.");
    }

    private static int Take(JsonElement element) =>
        element.GetProperty("event_id").GetGuid() != Guid.Empty
        && element.GetProperty("timestamp").GetDateTimeOffset() != default
        && element.GetProperty("event_type").GetString() is not null
        && element.GetProperty("source").GetString() is not null
        && element.GetProperty("data").ValueKind == JsonValueKind.Object
        && !element.TryGetProperty("metadata", out _)
            ? 1
            : throw new InvalidOperationException("Not what was written.");

    private static void ForEachLine(Action<ReadOnlyMemory<byte>> action)
    {
        ReadOnlyMemory<byte> rest = EventSamples.NdJson;
        for (int end; (end = rest.Span.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
            action(rest[..end]);
    }
}
