using System.Globalization;
using System.Runtime.CompilerServices;
using DurableCircuitBreaker.Stores;

namespace DurableCircuitBreaker;

/// <summary>Breaker state shared within one process and gone with it: for tests, and for programs that want the protocol but no file.</summary>
public sealed class InMemoryBreakerStateStore(TimeProvider timeProvider) : IBreakerStateStore
{
    private readonly Dictionary<string, (byte[] Content, long Tag)> entries = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private long lastTag;

    /// <summary>With the machine's time as the store's.</summary>
    public InMemoryBreakerStateStore()
        : this(TimeProvider.System)
    {
    }

    /// <inheritdoc/>
    public ValueTask<BreakerStoreReading> ReadAsync(string name, CancellationToken cancellationToken)
    {
        BreakerNames.ThrowIfInvalid(name);
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            var now = timeProvider.GetUtcNow();
            return ValueTask.FromResult(entries.TryGetValue(name, out var entry)
                ? new BreakerStoreReading(entry.Content, Text(entry.Tag), now)
                : new BreakerStoreReading(null, null, now));
        }
    }

    /// <inheritdoc/>
    public ValueTask<BreakerStoreWriting> WriteAsync(
        string name, ReadOnlyMemory<byte> content, string? expectedTag, CancellationToken cancellationToken)
    {
        BreakerNames.ThrowIfInvalid(name);
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            var now = timeProvider.GetUtcNow();
            var current = entries.TryGetValue(name, out var entry) ? Text(entry.Tag) : null;
            if (current != expectedTag)
                return ValueTask.FromResult(new BreakerStoreWriting(null, now));

            entries[name] = (content.ToArray(), ++lastTag);
            return ValueTask.FromResult(new BreakerStoreWriting(Text(lastTag), now));
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string[] names;
        lock (gate)
            names = [.. entries.Keys];

        foreach (var name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return name;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    private static string Text(long tag) => tag.ToString(CultureInfo.InvariantCulture);
}
