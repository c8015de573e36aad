using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Storage;

/// <summary>Puts together what the queries of the ledger answer, one after the other, by incarnation.</summary>
internal sealed class LedgerRecords
{
    private readonly Dictionary<Guid, (IncarnationRecord Record, List<SegmentRun> Runs, List<long> Abandoned)> known = [];

    public void AddFolded(Guid incarnation, long through, long accepted, long unacknowledged, SegmentCounts counts)
    {
        var (record, runs, abandoned) = Of(incarnation);
        known[incarnation] = (
            record with { FoldedThrough = through, FoldedAccepted = accepted, FoldedUnacknowledged = unacknowledged, Folded = counts }, runs, abandoned);
    }

    public void AddSums(Guid incarnation, long accepted, long unacknowledged, SegmentCounts counts)
    {
        var (record, runs, abandoned) = Of(incarnation);
        known[incarnation] = (record with { Accepted = accepted, Unacknowledged = unacknowledged, Flushed = counts }, runs, abandoned);
    }

    public void AddRun(Guid incarnation, SegmentRun run) => Of(incarnation).Runs.Add(run);

    public void AddAbandoned(Guid incarnation, long number) => Of(incarnation).Abandoned.Add(number);

    public IReadOnlyList<IncarnationRecord> ToList() => [.. known.Values.Select(one => one.Record)];

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
