using System.Text;
using System.Text.Json;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events.CloudEvents;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Idempotency;
using FunctionsMonitor.Validation;

namespace FunctionsMonitor.Events;

/// <summary>
/// The events of one request on their way into a segment: each is validated, given its identity, and written as a record, or rejected.
/// One object a request; not thread-safe.
/// </summary>
internal sealed class EventIntake(EventValidator validator, FlagSnapshot flags, ValidationContext context, TimeProvider time, int maxDepth) : IDisposable
{
    private readonly ParsedEvent candidate = new();
    private readonly List<ValidationIssue> issues = [];
    private readonly List<IngestError> errors = [];
    private readonly PooledBytes issueJson = new(256);
    private PooledBytes? records = new();
    private Utf8JsonWriter? issueWriter;
    private CloudEventParser? cloudEvents;

    /// <summary>Gives events that bring no id theirs; without one they get a UUIDv7.</summary>
    public IdempotencyKey? Key { get; init; }

    public int Accepted { get; private set; }

    public int Rejected { get; private set; }

    public IReadOnlyList<IngestError> Errors => errors;

    public bool ErrorsTruncated { get; private set; }

    public RejectedTotals RejectedTotals { get; } = new();

    /// <summary>Hands the records over; whoever takes them disposes them.</summary>
    public PooledBytes TakeRecords() => Interlocked.Exchange(ref records, null) ?? throw new InvalidOperationException("The records were taken already.");

    /// <summary>Takes one well-formed JSON object in.</summary>
    public void Add(ReadOnlyMemory<byte> json, int index)
    {
        var start = time.GetTimestamp();
        candidate.Parse(json, maxDepth);
        Judge(index, start);
    }

    /// <summary>Takes one CloudEvent in, a well-formed JSON object.</summary>
    public void AddCloudEvent(ReadOnlyMemory<byte> json, int index)
    {
        var start = time.GetTimestamp();
        cloudEvents ??= new CloudEventParser();
        cloudEvents.Parse(json, maxDepth, candidate);
        Judge(index, start);
    }

    private void Judge(int index, long start)
    {
        issues.Clear();
        validator.Validate(candidate, context, issues);
        var nanoseconds = (uint)Math.Min(uint.MaxValue, time.GetElapsedTime(start).Ticks * 100);

        var errorCount = Count(Severity.Error);
        if (flags.ValidationStrict && errorCount > 0)
            RejectInvalid(index, errorCount, nanoseconds);
        else
            Write(Normalize(index, errorCount, nanoseconds));
    }

    /// <summary>Refuses one event without looking into it.</summary>
    public void Reject(int index, string code, string message)
    {
        Rejected++;
        RejectedTotals.Add(EventTime.ToMinute(context.ReceivedAt), "unknown", errors: 1, warnings: 0, validationNanoseconds: 0);
        AddError(new(index, null, code, message));
    }

    /// <summary>
    /// Puts an event back in that was received before, as it was. It is validated again, but never changed: one that is past the retention by
    /// now, or invalid while validation is strict, is rejected.
    /// </summary>
    /// <param name="item">As it was kept.</param>
    /// <param name="envelope">The same as a client would send it.</param>
    public void AddReplay(StoredEvent item, ReadOnlyMemory<byte> envelope)
    {
        // Whatever the limit on depth is today: the event was accepted under its own.
        candidate.Parse(envelope, IngestOptions.HighestMaxDepth + 1);
        issues.Clear();
        validator.Validate(candidate, context, issues);
        var errorCount = Count(Severity.Error);
        if ((flags.ValidationStrict && errorCount > 0) || issues.Exists(issue => issue.Code == EnvelopeRules.TimestampRange))
        {
            RejectInvalid(0, errorCount, 0);
            return;
        }

        Write(new MonitoringEvent
        {
            Id = item.Key.Id,
            Timestamp = item.Key.Timestamp,
            ReceivedAt = item.ReceivedAt,
            Marks = item.Marks | EventMarks.Replayed,
            ValidationNanoseconds = 0,
            Errors = (ushort)Math.Min(errorCount, ushort.MaxValue),
            Warnings = (ushort)Math.Min(Count(Severity.Warning), ushort.MaxValue),
            Type = Encoding.UTF8.GetBytes(item.Type),
            Source = Encoding.UTF8.GetBytes(item.Source),
            Data = item.Data,
            Metadata = item.Metadata,
            Issues = item.Issues,
        });
    }

    private void Write(in MonitoringEvent item)
    {
        EventRecord.Write(records!, item);
        Accepted++;
    }

    public void Dispose()
    {
        issueWriter?.Dispose();
        issueJson.Dispose();
        cloudEvents?.Dispose();
        records?.Dispose();
    }

    private MonitoringEvent Normalize(int index, int errorCount, uint nanoseconds)
    {
        var inRange = candidate.Time >= context.Earliest && candidate.Time <= context.Latest;
        return new MonitoringEvent
        {
            Id = candidate.Id ?? Key?.EventId(index) ?? Guid.CreateVersion7(time.GetUtcNow()),
            Timestamp = inRange ? candidate.Time!.Value : context.ReceivedAt,
            ReceivedAt = context.ReceivedAt,
            Marks = !flags.ValidationEnabled ? EventMarks.None : errorCount == 0 ? EventMarks.Validated : EventMarks.Validated | EventMarks.Failed,
            ValidationNanoseconds = flags.ValidationEnabled ? nanoseconds : 0,
            Errors = flags.ValidationEnabled ? (ushort)Math.Min(errorCount, ushort.MaxValue) : (ushort)0,
            Warnings = flags.ValidationEnabled ? (ushort)Math.Min(Count(Severity.Warning), ushort.MaxValue) : (ushort)0,
            Type = candidate.Type ?? UnknownText,
            Source = candidate.SourceName ?? UnknownText,
            Data = candidate.Data.JsonOrNull,
            Metadata = candidate.Metadata.JsonOrNull,
            Issues = WriteIssues(),
        };
    }

    private static ReadOnlyMemory<byte> UnknownText { get; } = EventText.Unknown.ToArray();

    /// <summary>
    /// The findings as JSON, each with the original of a value that could not be kept in its place. With validation off only those originals
    /// are kept: storage needs them replaced, and nothing that was sent may be lost.
    /// </summary>
    private ReadOnlyMemory<byte>? WriteIssues()
    {
        if (issues.Count == 0)
            return null;

        issueJson.Truncate(0);
        var writer = issueWriter ??= new Utf8JsonWriter(issueJson);
        writer.Reset();
        writer.WriteStartArray();
        var written = 0;
        foreach (var issue in issues)
        {
            var original = issue.Original ?? OriginalOf(issue.Field);
            if (!flags.ValidationEnabled && original is null)
                continue;

            written++;
            IssueJson.Write(writer, issue, original);
        }

        writer.WriteEndArray();
        writer.Flush();
        if (written == 0)
            return null;

        return issueJson.Written;
    }

    private ReadOnlyMemory<byte>? OriginalOf(string? field)
    {
        // All attributes of a CloudEvent are in its metadata as they came.
        if (candidate.CloudEvent is not null)
            return null;

        var (kept, replaced) = field switch
        {
            "event_id" => (candidate.Id is not null, candidate.EventId),
            "event_type" => (candidate.Type is not null, candidate.EventType),
            "source" => (candidate.SourceName is not null, candidate.Source),
            "timestamp" => (candidate.Time >= context.Earliest && candidate.Time <= context.Latest, candidate.Timestamp),
            _ => (true, default),
        };
        if (kept)
            return null;

        return replaced.JsonOrNull;
    }

    private void RejectInvalid(int index, int errorCount, uint nanoseconds)
    {
        Rejected++;
        var type = candidate.Type is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : "unknown";
        RejectedTotals.Add(EventTime.ToMinute(context.ReceivedAt), type, errorCount, Count(Severity.Warning), nanoseconds);
        foreach (var issue in issues)
        {
            if (issue.Severity == Severity.Error)
                AddError(new(index, issue.Field, issue.Code, issue.Message));
        }
    }

    private int Count(Severity severity)
    {
        var count = 0;
        foreach (var issue in issues)
            count += issue.Severity == severity ? 1 : 0;
        return count;
    }

    private void AddError(IngestError error)
    {
        if (errors.Count < IngestResult.MaxErrors)
            errors.Add(error);
        else
            ErrorsTruncated = true;
    }
}
