using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.Tests.Support;

/// <summary>A segment store whose every write a test can hold up, fail, or make ambiguous.</summary>
internal sealed class MemorySegmentStore : ISegmentStore
{
    private readonly ConcurrentDictionary<string, byte[]> entries = new();

    /// <summary>Asked before each write; may wait, or throw what the write shall throw.</summary>
    public Func<SegmentName, Task> OnPut { get; set; } = _ => Task.CompletedTask;

    /// <summary>Asked after each write; what it throws is thrown although the bytes are there.</summary>
    public Func<SegmentName, Task> AfterPut { get; set; } = _ => Task.CompletedTask;

    /// <summary>Asked before each read; may wait, or throw what the read shall throw.</summary>
    public Func<string, CancellationToken, Task> OnRead { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Asked before each listing; may wait.</summary>
    public Func<CancellationToken, Task> OnList { get; set; } = _ => Task.CompletedTask;

    /// <summary>What a confirmation shall throw.</summary>
    public Exception? ConfirmFailure { get; set; }

    public ICollection<byte[]> Written => entries.Values;

    public async ValueTask PutAsync(SegmentName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        await OnPut(name);
        entries[name.ToString()] = content.ToArray();
        await AfterPut(name);
    }

    public ValueTask<bool> ConfirmAsync(SegmentName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken) =>
        ConfirmFailure is null
            ? ValueTask.FromResult(entries.TryGetValue(name.ToString(), out var bytes) && bytes.AsSpan().SequenceEqual(content.ToArray()))
            : throw ConfirmFailure;

    public async IAsyncEnumerable<SegmentEntry> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await OnList(cancellationToken);
        foreach (var (name, bytes) in entries.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            yield return SegmentEntry.Of(name, bytes.Length);
    }

    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string fileName, CancellationToken cancellationToken)
    {
        await OnRead(fileName, cancellationToken);
        if (entries.TryGetValue(fileName, out var bytes))
            return bytes;

        return null;
    }

    public ValueTask DeleteAsync(SegmentName name, CancellationToken cancellationToken)
    {
        entries.TryRemove(name.ToString(), out _);
        return ValueTask.CompletedTask;
    }

    public ValueTask QuarantineAsync(string fileName, string reason, CancellationToken cancellationToken)
    {
        entries.TryRemove(fileName, out _);
        return ValueTask.CompletedTask;
    }

    public IAsyncEnumerable<QuarantinedSegment> ListQuarantineAsync(CancellationToken cancellationToken) => AsyncEnumerable.Empty<QuarantinedSegment>();

    public ValueTask ProbeAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
