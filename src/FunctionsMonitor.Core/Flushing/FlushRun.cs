using System.Diagnostics;
using System.Runtime.ExceptionServices;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Telemetry;

namespace FunctionsMonitor.Flushing;

/// <summary>What one flush has done so far.</summary>
internal sealed class FlushRun(Guid id, string trigger, string instance, TimeProvider time)
{
    private const int MaxNotes = 50;

    /// <summary>What OpenTelemetry keeps of a span; a flush of ten thousand segments names the first.</summary>
    private const int MaxLinks = 128;

    private readonly List<string> notes = [];
    private readonly Queue<SegmentName> deferred = [];
    private readonly long started = time.GetTimestamp();
    private int segments;
    private long events, stored, duplicates, dead, expired;
    private int attempts, retries;
    private Activity? activity;

    public Guid Id { get; } = id;

    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    public TimeSpan Elapsed => time.GetElapsedTime(started);

    /// <summary>Files that this flush leaves alone from now on.</summary>
    public HashSet<string> PassOver { get; } = [];

    public int PassedOverSegments { get; private set; }

    /// <summary>Events of segments that this flush left alone.</summary>
    public long EventsLeft { get; private set; }

    public int Quarantined { get; set; }

    /// <summary>Dead letters in the store when the first transaction began; null before that.</summary>
    public long? DeadLettersBefore { get; set; }

    /// <summary>A segment was passed over because there is no room for its dead letters.</summary>
    public bool DeadLettersFull { get; set; }

    /// <summary>Dead letters that this flush has added.</summary>
    public long Dead => dead;

    /// <summary>Write paths that were found closed.</summary>
    public HashSet<string> ClosedPaths { get; } = [];

    public string? Path { get; set; }

    public bool Wrote => segments > 0;

    /// <summary>An attempt to write was given up or failed on its way: the server may still be at it and hold its locks.</summary>
    public bool GaveUpAnAttempt { get; set; }

    /// <summary>The flush ended at an error of a write.</summary>
    public bool WriteFailed { get; set; }

    /// <summary>Why segments were passed over whose error does not say whether it is theirs.</summary>
    public ExceptionDispatchInfo? PassedOverFor { get; set; }

    public bool DidNothing => segments == 0 && Quarantined == 0 && notes.Count == 0;

    public void Note(string note)
    {
        if (notes.Count < MaxNotes)
            notes.Add(note);
    }

    public void Fail(Exception exception) => Note($"{exception.GetType().Name}: {exception.Message}");

    public void Skip(string fileName, int events, string note)
    {
        PassOver.Add(fileName);
        EventsLeft += events;
        Note(note);
    }

    public void PassOverSegment(SegmentName name, string cause)
    {
        PassedOverSegments++;
        Skip(name.ToString(), name.Count, $"Segment {name.Id} with {name.Count} events was passed over: {cause}");
    }

    /// <summary>As the other, for what is no segment.</summary>
    public void PassOverFile(string fileName, string cause)
    {
        PassedOverSegments++;
        Skip(fileName, 0, $"The file {fileName} was passed over: {cause}");
    }

    /// <summary>Puts a segment off to the end of this flush.</summary>
    public void Defer(SegmentName name)
    {
        PassOver.Add(name.ToString());
        deferred.Enqueue(name);
    }

    public bool TryTakeDeferred(out SegmentName name) => deferred.TryDequeue(out name);

    /// <summary>Begins the trace of this flush; it has a link to the first request of each segment that is written.</summary>
    public Activity? StartTrace() => activity = MonitorTraces.Source.StartActivity("flush");

    public void CountAttempt()
    {
        GaveUpAnAttempt |= attempts > 0;
        attempts++;
    }

    public void EndCall()
    {
        retries += Math.Max(0, attempts - 1);
        attempts = 0;
    }

    public void Add(IReadOnlyList<DecodedSegment> written, IReadOnlyList<SegmentOutcome> outcomes)
    {
        if (activity is not null)
            Link(activity, written);
        segments += written.Count;
        events += written.Sum(segment => (long)segment.Header.Count);
        stored += outcomes.Sum(outcome => (long)outcome.Stored);
        duplicates += outcomes.Sum(outcome => (long)outcome.Duplicates);
        dead += outcomes.Sum(outcome => (long)outcome.Dead);
        expired += outcomes.Sum(outcome => (long)outcome.Expired);
    }

    private void Link(Activity trace, IReadOnlyList<DecodedSegment> written)
    {
        foreach (var segment in written.Take(Math.Max(0, MaxLinks - segments)))
        {
            if (ActivityContext.TryParse(segment.Header.TraceParent, null, isRemote: true, out var request))
                trace.AddLink(new ActivityLink(request));
        }
    }

    public FlushReport End(FlushOutcome outcome)
    {
        activity?.SetTag("functionsmonitor.flush.id", Id).SetTag("functionsmonitor.flush.trigger", trigger)
            .SetTag("functionsmonitor.flush.events", events).SetTag("functionsmonitor.flush.path", Path)
            .SetStatus(outcome == FlushOutcome.Failed ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
        return Report(outcome);
    }

    private FlushReport Report(FlushOutcome outcome) => new()
    {
        FlushId = Id,
        Trigger = trigger,
        StartedAt = StartedAt,
        Duration = Elapsed,
        Instance = instance,
        Outcome = outcome,
        Path = Path,
        Segments = segments,
        Events = events,
        Stored = stored,
        Duplicates = duplicates,
        Dead = dead,
        Expired = expired,
        Retries = retries,
        Quarantined = Quarantined,
        PassedOver = PassedOverSegments,
        EventsLeft = EventsLeft,
        DeadLettersFull = DeadLettersFull,
        Notes = notes,
    };
}
