using System.Data;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Storage;

/// <summary>Puts together what the queries of the ledger answer, one after the other, by incarnation; that is the first column of each.</summary>
internal sealed class LedgerRecords
{
    private readonly Dictionary<Guid, (IncarnationRecord Record, List<SegmentRun> Runs, List<long> Abandoned)> known = [];

    /// <summary>Behind the incarnation: folded through, accepted, unacknowledged, the four counts.</summary>
    public void AddFolded(Guid incarnation, IDataRecord row)
    {
        var (record, runs, abandoned) = Of(incarnation);
        known[incarnation] = (
            record with { FoldedThrough = row.GetInt64(1), FoldedAccepted = row.GetInt64(2), FoldedUnacknowledged = row.GetInt64(3), Folded = ReadCounts(row, 4) },
            runs, abandoned);
    }

    /// <summary>Behind the incarnation: accepted, unacknowledged, the four counts.</summary>
    public void AddSums(Guid incarnation, IDataRecord row)
    {
        var (record, runs, abandoned) = Of(incarnation);
        known[incarnation] = (
            record with { Accepted = row.GetInt64(1), Unacknowledged = row.GetInt64(2), Flushed = ReadCounts(row, 3) }, runs, abandoned);
    }

    /// <summary>Behind the incarnation: the first number of a run, and its last.</summary>
    public void AddRun(Guid incarnation, IDataRecord row) => Of(incarnation).Runs.Add(new(row.GetInt64(1), row.GetInt64(2)));

    /// <summary>Behind the incarnation: an abandoned number.</summary>
    public void AddAbandoned(Guid incarnation, IDataRecord row) => Of(incarnation).Abandoned.Add(row.GetInt64(1));

    public IReadOnlyList<IncarnationRecord> ToList() => [.. known.Values.Select(one => one.Record)];

    private static SegmentCounts ReadCounts(IDataRecord row, int first) =>
        new(row.GetInt64(first), row.GetInt64(first + 1), row.GetInt64(first + 2), row.GetInt64(first + 3));

    private (IncarnationRecord Record, List<SegmentRun> Runs, List<long> Abandoned) Of(Guid incarnation)
    {
        if (known.TryGetValue(incarnation, out var one))
            return one;

        var (runs, abandoned) = (new List<SegmentRun>(), new List<long>());
        var none = new SegmentCounts(0, 0, 0, 0);
        var record = new IncarnationRecord
        {
            Incarnation = incarnation,
            FoldedThrough = 0,
            FoldedAccepted = 0,
            FoldedUnacknowledged = 0,
            Folded = none,
            Accepted = 0,
            Unacknowledged = 0,
            Flushed = none,
            Runs = runs,
            Abandoned = abandoned,
        };
        return known[incarnation] = (record, runs, abandoned);
    }
}
