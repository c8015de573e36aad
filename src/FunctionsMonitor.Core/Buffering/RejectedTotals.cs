using System.Runtime.InteropServices;

namespace FunctionsMonitor.Buffering;

/// <summary>Adds up rejected events by minute and type until a segment carries them. Not thread-safe.</summary>
internal sealed class RejectedTotals
{
    /// <summary>More (minute, type) pairs than this go under <see cref="OtherTypes"/>: a client must not make a header grow by inventing types.</summary>
    public const int MaxKeys = 1000;

    public const string OtherTypes = "(other)";

    private readonly Dictionary<(long Minute, string Type), (long Count, long Errors, long Warnings, long Nanoseconds)> sums = [];

    public bool IsEmpty => sums.Count == 0;

    public void Add(long minute, string type, long errors, long warnings, long validationNanoseconds, long count = 1)
    {
        var key = (minute, type);
        if (sums.Count >= MaxKeys && !sums.ContainsKey(key))
            key = (minute, OtherTypes);

        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _);
        sum = (sum.Count + count, sum.Errors + errors, sum.Warnings + warnings, sum.Nanoseconds + validationNanoseconds);
    }

    public void Add(RejectedTotals others) => Add(others.ToList());

    public void Add(IEnumerable<RejectedTotal> others)
    {
        foreach (var other in others)
            Add(other.Minute, other.EventType, other.Errors, other.Warnings, other.ValidationNanoseconds, other.Count);
    }

    public IReadOnlyList<RejectedTotal> ToList() =>
        [.. sums.Select(pair => new RejectedTotal(
            pair.Key.Minute, pair.Key.Type, pair.Value.Count, pair.Value.Errors, pair.Value.Warnings, pair.Value.Nanoseconds))];

    public void Clear() => sums.Clear();
}
