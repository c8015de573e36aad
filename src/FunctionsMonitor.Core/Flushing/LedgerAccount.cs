using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.Flushing;

/// <summary>Adds up one incarnation from the listing, the quarantine and the rows.</summary>
internal sealed class LedgerAccount(Guid incarnation)
{
    private readonly Dictionary<long, SegmentName> waiting = [];
    private readonly Dictionary<long, SegmentName> quarantined = [];
    private readonly HashSet<long> abandoned = [];
    private IncarnationRecord? record;

    public void AddPending(SegmentName name) => waiting[name.Number] = name;

    public void AddQuarantined(SegmentName name) => quarantined[name.Number] = name;

    public void AddAbandoned(IEnumerable<long> numbers) => abandoned.UnionWith(numbers);

    public void Add(IncarnationRecord known)
    {
        record = known;
        AddAbandoned(known.Rows.SelectMany(row => row.Abandoned));
    }

    public LedgerIncarnation Close()
    {
        var rows = record?.Rows ?? [];
        // A cloned machine uses numbers twice, and a damaged copy may be in quarantine beside the row: the sums then show it, not an exception.
        var flushed = rows.DistinctBy(row => row.Name.Number).ToDictionary(row => row.Name.Number);
        var foldedThrough = record?.FoldedThrough ?? 0;

        // Pending is what is listed and has no row: a flush may have been cut off between the commit and the delete.
        foreach (var number in waiting.Keys.Where(number => number <= foldedThrough || flushed.ContainsKey(number)).ToList())
            waiting.Remove(number);

        // One that is listed in both places is being moved, and its copy is not its only one yet.
        foreach (var number in waiting.Keys)
            quarantined.Remove(number);

        var present = flushed.Values.Select(row => row.Name).Concat(waiting.Values).Concat(quarantined.Values)
            .Where(name => name.Number > foldedThrough).DistinctBy(name => name.Number).ToDictionary(name => name.Number);
        var last = present.Count == 0 ? foldedThrough : present.Keys.Max();

        return new LedgerIncarnation
        {
            Incarnation = incarnation,
            LastNumber = last,
            // An abandoned segment that turned up never entered the count of its incarnation, and neither did its own name's.
            Accepted = present.Values.Where(name => !abandoned.Contains(name.Number)).Select(name => name.AcceptedThrough)
                .Append(record?.FoldedAccepted ?? 0).Max(),
            Unacknowledged = (record?.FoldedUnacknowledged ?? 0) + present.Values.Where(name => abandoned.Contains(name.Number)).Sum(name => (long)name.Count),
            Flushed = rows.Select(row => row.Counts).Append(record?.Folded ?? new SegmentCounts(0, 0, 0, 0)).Aggregate(
                (a, b) => new SegmentCounts(a.Stored + b.Stored, a.Duplicates + b.Duplicates, a.Dead + b.Dead, a.Expired + b.Expired)),
            Pending = waiting.Values.Sum(name => (long)name.Count),
            Quarantined = quarantined.Values.Sum(name => (long)name.Count),
            Gaps = FindGaps(foldedThrough, last, present.Keys.Concat(abandoned)),
        };
    }

    /// <summary>Works by what is there, not by what could be: one stray file may carry any number.</summary>
    private List<LedgerGap> FindGaps(long after, long last, IEnumerable<long> accounted)
    {
        var gaps = new List<LedgerGap>();
        foreach (var number in accounted.Where(number => number > after && number <= last).Order())
        {
            if (number > after + 1)
                gaps.Add(new LedgerGap(incarnation, after + 1, number - 1));
            after = number;
        }

        return gaps;
    }
}
