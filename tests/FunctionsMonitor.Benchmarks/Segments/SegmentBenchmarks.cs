using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using FunctionsMonitor.Benchmarks.Events;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using FunctionsMonitor.TestSupport.Measuring;
using MemoryPack;

namespace FunctionsMonitor.Benchmarks.Segments;

/// <summary>
/// 1,000 events to a segment and back; times are of one event. Ours hashes every byte (XXH128) on the way out and verifies it on the way in, and
/// reads views over the segment's bytes; the rivals hash nothing and make objects. The JSON rival keeps payloads as base64.
/// </summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
[HideColumns("Error", "Median")]
public class SegmentBenchmarks
{
    private readonly IReadOnlyList<MonitoringEvent> events = ReceivedEvents.Make(EventSamples.Count);
    private readonly SegmentHeader header = new()
    {
        Id = Guid.Parse("019ab000-0000-7000-8000-000000000001"),
        Incarnation = Guid.Parse("019ab000-0000-7000-8000-000000000002"),
        Number = 1,
        Count = EventSamples.Count,
        AcceptedThrough = EventSamples.Count,
        CreatedAt = 0,
    };

    private List<PackedEvent> packed = null!;
    private byte[] segment = null!;
    private byte[] memoryPack = null!;
    private byte[] json = null!;

    [GlobalSetup]
    public void Setup()
    {
        packed =
        [
            .. events.Select(item => new PackedEvent
            {
                Id = item.Id,
                Timestamp = item.Timestamp,
                ReceivedAt = item.ReceivedAt,
                Marks = (byte)item.Marks,
                ValidationNanoseconds = item.ValidationNanoseconds,
                Type = item.Type.ToArray(),
                Source = item.Source.ToArray(),
                Data = item.Data!.Value.ToArray(),
            }),
        ];
        using var body = new PooledBytes();
        foreach (var item in events)
            EventRecord.Write(body, item);
        segment = [.. SegmentCodec.EncodeHead(header, [body.Written]), .. body.WrittenSpan];
        memoryPack = MemoryPackSerializer.Serialize(packed);
        json = JsonSerializer.SerializeToUtf8Bytes(packed, PackedEventJson.Default.ListPackedEvent);
    }

    [Benchmark(Description = "SegmentCodec, checksummed", OperationsPerInvoke = EventSamples.Count), BenchmarkCategory("1 encode")]
    public int EncodeOurs()
    {
        using var body = new PooledBytes();
        foreach (var item in events)
            EventRecord.Write(body, item);
        return SegmentCodec.EncodeHead(header, [body.Written]).Length + body.Length;
    }

    [Benchmark(Description = "MemoryPack", Baseline = true, OperationsPerInvoke = EventSamples.Count), BenchmarkCategory("1 encode")]
    public int EncodeMemoryPack() => MemoryPackSerializer.Serialize(packed).Length;

    [Benchmark(Description = "System.Text.Json", OperationsPerInvoke = EventSamples.Count), BenchmarkCategory("1 encode")]
    public int EncodeJson() => JsonSerializer.SerializeToUtf8Bytes(packed, PackedEventJson.Default.ListPackedEvent).Length;

    [Benchmark(Description = "SegmentCodec, verified", OperationsPerInvoke = EventSamples.Count), BenchmarkCategory("2 decode")]
    public long DecodeOurs()
    {
        var sum = 0L;
        foreach (var item in SegmentCodec.Decode(segment, header.Name))
            sum += item.Timestamp;
        return sum;
    }

    [Benchmark(Description = "MemoryPack", Baseline = true, OperationsPerInvoke = EventSamples.Count), BenchmarkCategory("2 decode")]
    public long DecodeMemoryPack() => MemoryPackSerializer.Deserialize<List<PackedEvent>>(memoryPack)!.Sum(item => item.Timestamp);

    [Benchmark(Description = "System.Text.Json", OperationsPerInvoke = EventSamples.Count), BenchmarkCategory("2 decode")]
    public long DecodeJson() => JsonSerializer.Deserialize(json, PackedEventJson.Default.ListPackedEvent)!.Sum(item => item.Timestamp);
}
