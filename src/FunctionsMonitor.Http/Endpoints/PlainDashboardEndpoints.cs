using System.Globalization;
using System.Text.Json;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Pages;
using FunctionsMonitor.Http.Responses;
using FunctionsMonitor.Operations;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>The facts of the dashboard without a script: for a build that had no Node, and for whoever reads with something else than a browser.</summary>
public sealed class PlainDashboardEndpoints
{
    private const int Rows = 20;
    private readonly SummaryReader summaries;
    private readonly MetricsReader reader;
    private readonly IOperationLog operations;
    private readonly FlagManager flags;
    private readonly TimeProvider time;

    internal PlainDashboardEndpoints(SummaryReader summaries, MetricsReader reader, IOperationLog operations, FlagManager flags, TimeProvider time)
    {
        this.summaries = summaries;
        this.reader = reader;
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

        page.Heading("Breakers");
        page.Table("There are none.", ["breaker", "state", "calls pass here", "open since", "reason"], summary.Breakers.Select(breaker =>
            (string[])[breaker.Name, Word(breaker.State), breaker.Passing ? "yes" : "no", breaker.OpenedAt is { } at ? At(at) : "", breaker.Reason ?? ""]));

        page.Heading("Dead letters");
        page.Table(summary.DeadLetters is null ? "They cannot be counted now." : "There are none.", ["reason", "dead letters"],
            (summary.DeadLetters ?? new Dictionary<string, long>()).Select(reason => (string[])[reason.Key, Count(reason.Value)]));

        page.Heading("Flags");
        foreach (var problem in flags.Current.Problems)
            page.Line(problem);
        page.Table("", ["flag", "value", "source"], flags.Current.Resolutions.Select(resolution =>
            (string[])[resolution.Flag.Name, Convert.ToString(resolution.Value, CultureInfo.InvariantCulture) ?? "", resolution.Source]));
    }

    private async Task WriteListsAsync(PlainPage page, CancellationToken cancellationToken)
    {
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

    private static string At(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>As the API writes it.</summary>
    private static string Word(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
