using System.Runtime.InteropServices;
using FunctionsMonitor.Events;
using NpgsqlTypes;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>
/// Sums of the events of one call by minute and type, for when all of them are stored: then the server need not group what it was just sent.
/// The type stays the bytes that it is; no string is made of it.
/// </summary>
internal sealed class RollupColumns
{
    private readonly Dictionary<(long Minute, ReadOnlyMemory<byte> Type), Sum> sums = new(KeyComparer.Instance);
    private readonly Column<DateTime> minutes = new("r_minutes", NpgsqlDbType.TimestampTz);
    private readonly Column<ReadOnlyMemory<byte>> types = new("r_types", NpgsqlDbType.Text);
    private readonly Column<long> totals = new("r_totals", NpgsqlDbType.Bigint);
    private readonly Column<long> passed = new("r_passed", NpgsqlDbType.Bigint);
    private readonly Column<long> failed = new("r_failed", NpgsqlDbType.Bigint);
    private readonly Column<long> errors = new("r_errors", NpgsqlDbType.Bigint);
    private readonly Column<long> warnings = new("r_warnings", NpgsqlDbType.Bigint);
    private readonly Column<long> validation = new("r_validation_ns", NpgsqlDbType.Bigint);

    public IReadOnlyList<Column> All => [minutes, types, totals, passed, failed, errors, warnings, validation];

    public void Add(in MonitoringEvent item)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, (EventTime.ToMinute(item.Timestamp), item.Type), out _);
        sum.Total++;
        sum.Passed += (item.Marks & (EventMarks.Validated | EventMarks.Failed)) == EventMarks.Validated ? 1 : 0;
        sum.Failed += (item.Marks & EventMarks.Failed) != 0 ? 1 : 0;
        sum.Errors += item.Errors;
        sum.Warnings += item.Warnings;
        sum.Nanoseconds += item.ValidationNanoseconds;
    }

    /// <summary>Moves the sums into the columns.</summary>
    public void Complete()
    {
        foreach (var ((minute, type), sum) in sums)
        {
            minutes.Add(EventTime.FromMinute(minute).UtcDateTime);
            types.Add(type);
            totals.Add(sum.Total);
            passed.Add(sum.Passed);
            failed.Add(sum.Failed);
            errors.Add(sum.Errors);
            warnings.Add(sum.Warnings);
            validation.Add(sum.Nanoseconds);
        }

        sums.Clear();
    }

    /// <summary>Forgets the sums that were not moved.</summary>
    public void Clear() => sums.Clear();

    private record struct Sum(long Total, long Passed, long Failed, long Errors, long Warnings, long Nanoseconds);

    private sealed class KeyComparer : IEqualityComparer<(long Minute, ReadOnlyMemory<byte> Type)>
    {
        public static KeyComparer Instance { get; } = new();

        public bool Equals((long Minute, ReadOnlyMemory<byte> Type) x, (long Minute, ReadOnlyMemory<byte> Type) y) =>
            x.Minute == y.Minute && x.Type.Span.SequenceEqual(y.Type.Span);

        public int GetHashCode((long Minute, ReadOnlyMemory<byte> Type) key)
        {
            var hash = new HashCode();
            hash.Add(key.Minute);
            hash.AddBytes(key.Type.Span);
            return hash.ToHashCode();
        }
    }
}
