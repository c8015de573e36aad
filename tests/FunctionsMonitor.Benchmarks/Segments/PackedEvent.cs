using MemoryPack;

namespace FunctionsMonitor.Benchmarks.Segments;

/// <summary>A stored event as the rivals would keep it.</summary>
[MemoryPackable]
public sealed partial class PackedEvent
{
    public Guid Id { get; set; }

    public long Timestamp { get; set; }

    public long ReceivedAt { get; set; }

    public byte Marks { get; set; }

    public uint ValidationNanoseconds { get; set; }

    public ushort Errors { get; set; }

    public ushort Warnings { get; set; }

    public byte[] Type { get; set; } = [];

    public byte[] Source { get; set; } = [];

    public byte[]? Data { get; set; }

    public byte[]? Metadata { get; set; }

    public byte[]? Issues { get; set; }
}
