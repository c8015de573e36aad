using System.Globalization;
using System.Text.Json;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Pages;
using FunctionsMonitor.Http.Responses;
using FunctionsMonitor.Operations;
using FunctionsMonitor.Resilience;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>The facts of the dashboard without a script: for a build that had no Node, and for whoever reads with something else than a browser.</summary>
public sealed class PlainDashboardEndpoints
{
    private const int Rows = 20;
    private const int DayMinutes = 24 * 60;
    private readonly SummaryReader summaries;
    private readonly MetricsReader reader;
    private readonly PipelineRegistry pipelines;
    private readonly DeadLetterReplayer replayer;
    private readonly IOperationLog operations;
    private readonly FlagManager flags;
    private readonly TimeProvider time;

    internal PlainDashboardEndpoints(
        SummaryReader summaries, MetricsReader reader, PipelineRegistry pipelines, DeadLetterReplayer replayer, IOperationLog operations, FlagManager flags,
        TimeProvider time)
    {
        this.summaries = summaries;
        this.reader = reader;
        this.pipelines = pipelines;
        this.replayer = replayer;
        this.operations = operations;
        this.flags = flags;
        this.time = time;
    }

    /// <summary><c>GET /dashboard/plain</c>.</summary>
    public async Task<IResult> GetAsync(HttpContext context)
    {
        QueryReader.ExpectNone(context);
        var summary = await summaries.ReadAsync(context.RequestAborted).ConfigureAwait(false);
        var page = new PlainPage($"FunctionsMonitor is {Word(summary.Status)}");
        page.Line($"Since {At(summary.StatusSince)}, as far as instance {summary.Instance} has looked. Read at {At(time.GetUtcNow())}; reload for newer figures. Times are UTC.");
        WriteState(page, summary);
        WriteBreakers(page, await pipelines.ReadMetricsAsync(context.RequestAborted).ConfigureAwait(false));
        WriteFlags(page);
        await WriteListsAsync(page, context.RequestAborted).ConfigureAwait(false);

        PageHeaders.Set(context, PageHeaders.OfPlainPage(PlainPage.StyleHash));
        return TypedResults.Content(page.Close(), "text/html; charset=utf-8");
    }

    private void WriteState(PlainPage page, SummaryResponse summary)
    {
        page.Table("No checks.", ["check", "status", "since", "cause"], summary.Checks.Select(check =>
            (string[])[check.Name, Word(check.Status), At(check.Since), check.Cause ?? ""]));
        if (summary.Faults.Count > 0)
            page.Table("", ["cannot be read", "cause"], summary.Faults.Select(fault => (string[])[fault.Part, fault.Cause]));

        page.Heading("Buffer and flush");
        var buffer = summary.Buffer;
        page.Line($"{Count(buffer.Events)} events in {Count(buffer.Segments)} segments, {Count(buffer.Bytes)} bytes, wait"
            + (buffer.OldestAt is { } oldest ? $"; the oldest since {At(oldest)}." : ".") + (buffer.OverCap ? " The buffer is over its cap: events are refused." : ""));
        page.Line(summary.LastFlush is { } flush
            ? $"Last flush: {At(flush.StartedAt)}, {Word(flush.Outcome)}, {Count(flush.Events)} events in {flush.DurationMs.ToString("0.#", CultureInfo.InvariantCulture)} ms."
            : "There was no flush yet, or it cannot be read.");
        page.Line(!summary.NextFlush.Enabled
            ? "Persistence is off: nothing is flushed."
            : $"Next flush: {(summary.NextFlush.DueAt is { } due ? $"by {At(due)}" : "now")}, or once {Count(summary.NextFlush.AtEvents)} events wait.");

        page.Heading("Books");
        page.Line(summary.Ledger is { } books
            ? (books.Balanced ? "Balanced: " : $"NOT balanced, {Count(books.Missing)} events missing, {Count(books.Gaps)} gaps: ")
                + $"{Count(books.Accepted)} accepted + {Count(books.Unacknowledged)} unacknowledged = {Count(books.Stored)} stored + {Count(books.Duplicates)} duplicates + "
                + $"{Count(books.DeadLettered)} dead-lettered + {Count(books.Expired)} expired + {Count(books.Pending)} pending + {Count(books.Quarantined)} quarantined + {Count(books.Missing)} missing. Drawn up {At(books.ComputedAt)}."
            : "The books cannot be drawn up now.");

        page.Heading("Dead letters");
        page.Table(summary.DeadLetters is null ? "They cannot be counted now." : "There are none.", ["reason", "dead letters"],
            (summary.DeadLetters ?? new Dictionary<string, long>()).Select(reason => (string[])[reason.Key, Count(reason.Value)]));
        if (replayer.Progress is { EndedAt: null } replay)
            page.Line($"A replay runs since {At(replay.StartedAt)} on this instance: {Count(replay.Replayed)} of {Count(replay.Matched)} replayed. {replay.Cause}");
    }

    private static void WriteBreakers(PlainPage page, IReadOnlyList<PipelineMetrics> metrics)
    {
        page.Heading("Breakers");
        page.Table("There are none.", ["breaker", "state", "calls pass here", "open since", "next probe", "votes", "reason"], metrics.Select(one =>
            (string[])
            [
                one.Name, Word(one.Breaker.State), one.Breaker.IsPassing ? "yes" : "no", At(one.Breaker.OpenedAt), At(one.Breaker.NextProbeAt),
                string.Join("; ", one.Breaker.Votes.Select(vote => $"{vote.Host} at {At(vote.At)}: {vote.Cause}")), one.Breaker.LocalCause ?? one.Breaker.Reason ?? "",
            ]));
        page.Table("None has changed its state.", ["when", "breaker", "from", "to", "by", "cause"], metrics
            .SelectMany(one => one.Breaker.Transitions, (one, transition) => (one.Name, Transition: transition))
            .OrderByDescending(change => change.Transition.At).Take(Rows)
            .Select(change => (string[])
            [
                At(change.Transition.At), change.Name, Word(change.Transition.From), Word(change.Transition.To), change.Transition.Host, change.Transition.Cause,
            ]));
    }

    private void WriteFlags(PlainPage page)
    {
        page.Heading("Flags");
        foreach (var problem in flags.Current.Problems)
            page.Line(problem);
        page.Table("", ["flag", "value", "source", "answered"], flags.Current.Resolutions.Select(resolution =>
            (string[])[resolution.Flag.Name, Convert.ToString(resolution.Value, CultureInfo.InvariantCulture) ?? "", resolution.Source, At(resolution.AnsweredAt)]));
    }

    private async Task WriteListsAsync(PlainPage page, CancellationToken cancellationToken)
    {
        page.Heading("Oldest dead letters");
        await ListAsync(page, ["died", "reason", "type", "source", "detail", "last replayed"], async () =>
            (await reader.ListAsync(new DeadLetterFilter(), after: null, Rows, cancellationToken).ConfigureAwait(false)).Select(letter =>
                (string[])[At(letter.DiedAt), letter.Reason, letter.Event.Type, letter.Event.Source, letter.Detail, At(letter.ReplayedAt)])).ConfigureAwait(false);

        page.Heading("Events of the last 24 hours");
        await ListAsync(page, ["type", "events", "passed", "failed", "pass rate"], async () =>
        {
            var minute = EventTime.ToMinute(EventTime.ToMicroseconds(time.GetUtcNow()));
            var rows = await reader.ListValidationAsync(new(minute - DayMinutes, minute + 1, BucketMinutes: 0), cancellationToken).ConfigureAwait(false);
            return rows.OrderByDescending(row => row.Total).Take(Rows).Select(row => (string[])
            [
                row.EventType, Count(row.Total), Count(row.Passed), Count(row.Failed), Rate(row.Passed, row.Passed + row.Failed),
            ]);
        }).ConfigureAwait(false);

        page.Heading("Last events");
        await ListAsync(page, ["time", "type", "source", "validation"], async () =>
            (await reader.ListEventsAsync(new EventQuery { Limit = Rows }, cancellationToken).ConfigureAwait(false)).Select(EventResponse.Of).Select(item =>
                (string[])[At(item.Timestamp), item.EventType, item.Source, item.Validation.Passed switch { true => "passed", false => "failed", null => "not validated" }])).ConfigureAwait(false);

        page.Heading("Last flushes");
        await ListAsync(page, ["began", "outcome", "trigger", "events", "milliseconds", "notes"], async () =>
            (await reader.ListFlushesAsync(Rows, cancellationToken).ConfigureAwait(false)).Select(flush =>
                (string[])
                [
                    At(flush.StartedAt), Word(flush.Outcome), flush.Trigger, Count(flush.Events),
                    flush.Duration.TotalMilliseconds.ToString("0.#", CultureInfo.InvariantCulture), string.Join(" ", flush.Notes),
                ])).ConfigureAwait(false);

        page.Heading("Operator log");
        await ListAsync(page, ["when", "who", "did", "to", "outcome"], async () =>
            (await operations.ListAsync(before: null, Rows, cancellationToken).ConfigureAwait(false)).Select(entry =>
                (string[])[At(entry.At), entry.Actor, entry.Action, entry.Target, entry.Outcome])).ConfigureAwait(false);

        async Task ListAsync(PlainPage to, string[] heads, Func<Task<IEnumerable<string[]>>> read)
        {
            try
            {
                to.Table("There are none.", heads, await read().ConfigureAwait(false));
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // A page about a sick system shows the rest of it.
                to.Line($"This cannot be read now: {exception.Message}");
            }
        }
    }

    private static string At(DateTimeOffset? time) => time is { } known ? At(known) : "";

    private static string At(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>As the API writes it.</summary>
    private static string Word(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>Rounded down: one failure among many is not all.</summary>
    private static string Rate(long passed, long validated) =>
        validated == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(10_000.0 * passed / validated) / 100} %");

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
