using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using Npgsql;
using NpgsqlTypes;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>
/// The arguments of one call of <c>monitoring.ingest_segments</c>, which are also the columns of <c>public.monitoring_events_insert</c>. Used
/// again from batch to batch: what it allocates once is about 180 bytes an event.
/// </summary>
internal sealed class IngestCall
{
    private SegmentHeader header = null!;
    private int position, stored, expired;

    public SegmentColumns Segments { get; } = new();

    public EventColumns Events { get; } = EventColumns.ToStore();

    public RollupColumns Rollups { get; } = new();

    public RejectedColumns Rejected { get; } = new();

    public DeadLetterColumns DeadLetters { get; } = new();

    /// <summary>Events of the current segment that are to be stored, so far.</summary>
    public int Stored => stored;

    /// <summary>The place of the event that was last sorted.</summary>
    public int Position => position - 1;

    /// <summary>Adds a segment with all its events.</summary>
    public void Add(DecodedSegment segment, FlushBatch batch, RefusedEvents refused)
    {
        Begin(segment.Header);
        foreach (var item in segment)
        {
            if (Sort(item, batch, refused))
                Events.Add(header.Id, Position, Position == stored - 1, item);
        }

        End();
    }

    /// <summary>For who does not keep the events: begin a segment, sort each of its events, end it.</summary>
    public void Begin(SegmentHeader next)
    {
        header = next;
        position = stored = expired = 0;
    }

    /// <summary>True when the event is to be stored; its rollup is counted then. Else it has expired or is among the dead letters.</summary>
    public bool Sort(in MonitoringEvent item, FlushBatch batch, RefusedEvents refused)
    {
        var at = position++;
        if (item.Timestamp < batch.ExpireBefore)
        {
            expired++;
            return false;
        }

        if (refused.Find(header.Id, at, item) is { } refusal)
        {
            DeadLetters.Add(header.Id, at, item, refusal);
            return false;
        }

        stored++;
        Rollups.Add(item);
        return true;
    }

    public void End()
    {
        Segments.Add(header, expired);
        foreach (var total in header.Rejected)
            Rejected.Add(header.Id, total);
    }

    /// <summary>The arguments by name, in the order in which their values are added.</summary>
    public static IReadOnlyList<string> Arguments { get; } =
        ["trial", "flush_id", "flushed_at", "dead_letter_room", .. new IngestCall().Columns.Select(column => column.Name)];

    /// <summary>Everything, for one call.</summary>
    public void AddParameters(NpgsqlParameterCollection parameters, FlushBatch batch)
    {
        Rollups.Complete();
        AddParameters(parameters, false, batch.FlushId, batch.FlushedAt, batch.DeadLetterRoom);
    }

    /// <summary>The events alone, for a trial.</summary>
    public void AddTrialParameters(NpgsqlParameterCollection parameters) => AddParameters(parameters, true, Guid.Empty, DateTimeOffset.UnixEpoch, 0);

    public void Clear()
    {
        Rollups.Clear();
        foreach (var column in Columns)
            column.Clear();
    }

    private IEnumerable<Column> Columns => [.. Segments.All, .. Events.All, .. Rollups.All, .. Rejected.All, .. DeadLetters.All];

    private void AddParameters(NpgsqlParameterCollection parameters, bool trial, Guid flushId, DateTimeOffset flushedAt, long room)
    {
        parameters.Add(new NpgsqlParameter<bool> { TypedValue = trial });
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = flushId });
        parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = flushedAt.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        parameters.Add(new NpgsqlParameter<long> { TypedValue = room });
        foreach (var column in Columns)
            parameters.Add(column.ToParameter());
    }
}
