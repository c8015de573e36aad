using System.Buffers;
using FunctionsMonitor.Events;

namespace FunctionsMonitor.Buffering;

/// <summary>The requests that share one segment. All of them wait for the same write and get the same answer.</summary>
/// <param name="begunAt">The clock's timestamp of its first request.</param>
internal sealed class SegmentGroup(long begunAt)
{
    private readonly List<PooledBytes> parts = [];
    private readonly TaskCompletionSource<Guid> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long BegunAt => begunAt;

    /// <summary>Nothing more comes to it.</summary>
    public Task Closed => closed.Task;

    public int Count { get; private set; }

    public int Requests => parts.Count;

    public int Bytes { get; private set; }

    public string? TraceParent { get; private set; }

    /// <summary>The segment's id once it is durable.</summary>
    public Task<Guid> Completion => done.Task;

    public IReadOnlyList<ReadOnlyMemory<byte>> Parts => [.. parts.Select(part => part.Written)];

    public void Add(PooledBytes part, int count, string? traceParent)
    {
        parts.Add(part);
        Count += count;
        Bytes += part.Length;
        TraceParent ??= traceParent;
    }

    /// <summary>Hands the requests' records over; whoever takes them disposes them.</summary>
    public IReadOnlyList<PooledBytes> TakeParts()
    {
        var taken = parts.ToArray();
        parts.Clear();
        return taken;
    }

    public void Close() => closed.TrySetResult();

    public void Succeed(Guid segmentId)
    {
        Release();
        done.SetResult(segmentId);
    }

    /// <summary>Does nothing to a group that has its answer.</summary>
    public void Fail(Exception exception)
    {
        Release();
        done.TrySetException(exception);
    }

    /// <summary>The head and the requests' records one behind the other, none of them copied.</summary>
    public static ReadOnlySequence<byte> Join(ReadOnlyMemory<byte> head, IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        var first = new Link(head, 0);
        var last = parts.Aggregate(first, (previous, part) => previous.Append(part));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private void Release()
    {
        foreach (var part in parts)
            part.Dispose();
        parts.Clear();
    }

    private sealed class Link : ReadOnlySequenceSegment<byte>
    {
        public Link(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public Link Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Link(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
