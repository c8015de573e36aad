using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.Flushing;

/// <summary>Adds up one incarnation from the listing, the quarantine and what the metrics store knows. It works on runs of numbers.</summary>
internal sealed class LedgerAccount(Guid incarnation)
{
    private readonly Dictionary<long, SegmentName> waiting = [];
    private readonly Dictionary<long, SegmentName> quarantined = [];
    private readonly HashSet<long> abandoned = [];
    private IncarnationRecord record = new()
    {
        Incarnation = incarnation,
        FoldedThrough = 0,
        FoldedAccepted = 0,
        FoldedUnacknowledged = 0,
        Folded = new(0, 0, 0, 0),
        Accepted = 0,
        Unacknowledged = 0,
        Flushed = new(0, 0, 0, 0),
        Runs = [],
        Abandoned = [],
    };

    /// <summary>Numbers that are known to be abandoned so far.</summary>
    public IReadOnlyCollection<long> Abandoned => abandoned;

    public void AddPending(SegmentName name) => waiting[name.Number] = name;

    public void AddQuarantined(SegmentName name) => quarantined[name.Number] = name;

    public void AddAbandoned(IEnumerable<long> numbers) => abandoned.UnionWith(numbers);

    public void Add(IncarnationRecord known)
    {
        record = known;
        AddAbandoned(known.Abandoned);
    }

    public LedgerIncarnation Close()
    {
        // Pending is what is listed and has no row: a flush may have been cut off between the commit and the delete.
        foreach (var number in waiting.Keys.Where(IsFlushed).ToList())
            waiting.Remove(number);

        // One that is listed in both places is being moved, and its copy is not its only one yet.
        foreach (var number in waiting.Keys)
            quarantined.Remove(number);

        // A damaged copy may be in quarantine beside the row, and a cloned machine uses numbers twice: the sums then show it, not an exception.
        var unflushed = waiting.Values.Concat(quarantined.Values.Where(name => !IsFlushed(name.Number))).ToList();
        var (turnedUp, acknowledged) = (unflushed.Where(name => abandoned.Contains(name.Number)), unflushed.Where(name => !abandoned.Contains(name.Number)));
        var last = unflushed.Select(name => name.Number).Concat(record.Runs.TakeLast(1).Select(run => run.Through)).Append(record.FoldedThrough).Max();

        return new LedgerIncarnation
        {
            Incarnation = incarnation,
            LastNumber = last,
            // An abandoned segment that turned up never entered the count of its incarnation, and neither did its own name's.
            Accepted = acknowledged.Select(name => name.AcceptedThrough).Append(record.Accepted).Append(record.FoldedAccepted).Max(),
            Unacknowledged = record.FoldedUnacknowledged + record.Unacknowledged + turnedUp.Sum(name => (long)name.Count),
            Flushed = record.Folded + record.Flushed,
            Pending = waiting.Values.Sum(name => (long)name.Count),
            Quarantined = quarantined.Values.Sum(name => (long)name.Count),
            Gaps = FindGaps(last, unflushed.Select(name => name.Number).Concat(abandoned)),
        };
    }

    private bool IsFlushed(long number)
    {
        if (number <= record.FoldedThrough)
            return true;

        // The last run that begins at the number or before it.
        var (low, high) = (0, record.Runs.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = record.Runs[middle].From <= number ? (middle + 1, high) : (low, middle);
        }

        return low > 0 && number <= record.Runs[low - 1].Through;
    }

    /// <summary>Works by what is there, not by what could be: one stray file may carry any number.</summary>
    private List<LedgerGap> FindGaps(long last, IEnumerable<long> single)
    {
        var gaps = new List<LedgerGap>();
        var after = record.FoldedThrough;
        var accounted = record.Runs.Concat(single.Select(number => new SegmentRun(number, number)));
        foreach (var run in accounted.Where(run => run.From <= last && run.Through > after).OrderBy(run => run.From).ToList())
        {
            if (run.From - 1 > after)
                gaps.Add(new LedgerGap(incarnation, after + 1, run.From - 1));
            after = Math.Max(after, run.Through);
        }

        return gaps;
    }
}
