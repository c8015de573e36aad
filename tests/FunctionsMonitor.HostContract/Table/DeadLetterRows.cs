using FunctionsMonitor.Http.Problems;
using static FunctionsMonitor.HostContract.Table.Ask;

namespace FunctionsMonitor.HostContract.Table;

/// <summary>Dead letters: those that a row has made itself, and questions about all.</summary>
internal static class DeadLetterRows
{
    private const string Nobodys = "00000000000000000000000000000000-0";
    private const string Conflict = """{"event_id":"$id","event_type":"$type","source":"$source","timestamp":"$now","data":{"n":2}}""";
    private const string Cancels = "It would end a replay that somebody else has begun.";

    public static IEnumerable<HostRow> All =>
    [
        Row("GET /dead-letters: of a source that has none", Get("/dead-letters?source=$source").With("items", "[]").With("total", 0).With("next_cursor", "null")),
        Row("GET /dead-letters: a range and a reason", Get("/dead-letters?reason=conflict&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z&replayed=false").With("total", 0)),
        Row("GET /dead-letters/{id}: there is no such", Get($"/dead-letters/{Nobodys}").Refused(ProblemTypes.NotFound, "id")),
        Row("GET /dead-letters/{id}: no id", Get("/dead-letters/7").Refused(ProblemTypes.InvalidParameter, "id")),
        Row("GET /dead-letters/{id}: hostile text for an id", Get("/dead-letters/%27%3B%3Cscript%3E").Refused(ProblemTypes.InvalidParameter, "id")),
        Row("POST /dead-letters/{id}/replay: there is no such", Post($"/dead-letters/{Nobodys}/replay").Refused(ProblemTypes.NotFound, "id")),
        Row("POST /dead-letters/{id}/replay: no id", Post("/dead-letters/x-1/replay").Refused(ProblemTypes.InvalidParameter, "id")),
        Row("DELETE /dead-letters/{id}: there is no such", Delete($"/dead-letters/{Nobodys}").Refused(ProblemTypes.NotFound, "id")),
        Row("DELETE /dead-letters/{id}: no id", Delete("/dead-letters/x").Refused(ProblemTypes.InvalidParameter, "id")),

        Row("Dead letters: one is found, looked at, counted, put back, found again and discarded",
        [
            .. Died(),
            Get("/dead-letters/$letter").With("reason", "conflict").With("replays", 0).With("event.event_id", "$id").With("event.data", """{"n":2}"""),
            Replay("""{"source":"$source","dry_run":true}""").With("dry_run", true).With("matched", 1).With("by_reason.conflict", 1).With("replayed", 0).With("remaining", 1),
            Post("/dead-letters/$letter/replay").Answers(202).With("id", "$letter"),
            Get("/dead-letters/$letter").With("replays", 1),
            Get("/dead-letters?source=$source&replayed=true").With("total", 1).With("items.0.id", "$letter"),
            DiedAgain().Keep("second", "items.0.id"),
            Delete("/dead-letters/$second").Answers(204).Check(answer => Assert.Empty(answer.Body)),
            Delete("/dead-letters/$letter").Answers(204),
            Delete("/dead-letters/$letter").Refused(ProblemTypes.NotFound, "id"),
            Get("/dead-letters/$letter").Refused(ProblemTypes.NotFound, "id"),
            Get("/events?source=$source").With("items.0.data", """{"n":1}""").Without("items.1"),
        ]),
        Row("POST /dead-letters/replay: by a filter",
        [
            .. Died(),
            Replay("""{"source":"$source","type":"$type","limit":1,"rate_per_second":10000}""").Patient().With("dry_run", false).With("matched", 1).With("replayed", 1).With("rejected", 0).Without("stopped_by"),
            Get("/dead-letters?source=$source&replayed=true").With("total", 1),
            // The second death is waited for: later it would be found by whoever runs the host, and not by what discards at the end.
            DiedAgain(),
        ]),
        Row("POST /dead-letters/replay: what would be, of all", Replay("""{"all":true,"dry_run":true}""").Patient().With("dry_run", true).With("replayed", 0)),
        Row("POST /dead-letters/replay: no body", Post("/dead-letters/replay").Json("").Refused(ProblemTypes.EmptyBody)),
        Row("POST /dead-letters/replay: no object", Replay("[]").Refused(ProblemTypes.MalformedJson)),
        Row("POST /dead-letters/replay: broken", Replay("""{"all":""").Refused(ProblemTypes.MalformedJson)),
        Row("POST /dead-letters/replay: nested", Replay("""{"type":[[[[[[1]]]]]]}""").Refused(ProblemTypes.MalformedJson)),
        Row("POST /dead-letters/replay: nothing that narrows it", Replay("{}").Refused(ProblemTypes.InvalidParameter, "all")),
        Row("POST /dead-letters/replay: all, and not all", Replay("""{"all":true,"source":"$source"}""").Refused(ProblemTypes.InvalidParameter, "all")),
        Row("POST /dead-letters/replay: a member that is none", Replay("""{"source":"$source","dryrun":true}""").Refused(ProblemTypes.UnknownParameter, "dryrun").With("known.0", "reason")),
        Row("POST /dead-letters/replay: a member twice", Replay("""{"source":"$source","source":"x"}""").Refused(ProblemTypes.InvalidParameter, "source")),
        Row("POST /dead-letters/replay: of another type", Replay("""{"source":7}""").Refused(ProblemTypes.InvalidParameter, "source")),
        Row("POST /dead-letters/replay: half a character", Replay("""{"source":"\ud800"}""").Refused(ProblemTypes.InvalidUtf8, "source")),
        Row("POST /dead-letters/replay: a limit of nothing", Replay("""{"source":"$source","limit":0}""").Refused(ProblemTypes.InvalidParameter, "limit")),
        Row("POST /dead-letters/replay: longer than it may take",
            Replay("""{"source":"$source","limit":10000,"rate_per_second":1}""").Refused(ProblemTypes.InvalidParameter, "rate_per_second")),
        Row("POST /dead-letters/replay: too many bytes",
            Post("/dead-letters/replay").Bytes(() => [.. "{}"u8, .. new byte[65_536].Select(_ => (byte)' ')]).Refused(ProblemTypes.BodyTooLarge)),
        Row("POST /dead-letters/replay: too many bytes and no length",
            Post("/dead-letters/replay").Bytes(() => [.. "{}"u8, .. new byte[65_536].Select(_ => (byte)' ')]).Chunked().Refused(ProblemTypes.BodyTooLarge)),
        Row("POST /dead-letters/replay: another content type",
            Post("/dead-letters/replay").Text("{}", "application/x-ndjson").Refused(ProblemTypes.UnsupportedMediaType, "Content-Type").With("known.0", "application/json")),
        Row("POST /dead-letters/replay: compressed", Replay("""{"all":true,"dry_run":true}""").Gzipped().Refused(ProblemTypes.UnsupportedEncoding, "Content-Encoding")),

        Row("GET /dead-letters/replay: how far it is", Get("/dead-letters/replay")),
        Row("DELETE /dead-letters/replay: none runs", Delete("/dead-letters/replay").Refused(ProblemTypes.NotFound)).OnlyOwn(Cancels),
        Row("DELETE /dead-letters/replay: one that runs ends", [.. Died(), .. AnotherDied()]).Then(CancelAsync, ("CancelReplay", 202), ("ReplayDeadLetters", 409)).OnlyOwn(Cancels),
    ];

    private static HostStep Replay(string body) => Post("/dead-letters/replay").Json(body);

    /// <summary>An event is stored, and another one with its identity is <c>$letter</c>.</summary>
    private static HostStep[] Died() =>
    [
        Take(Event), Take(Conflict),
        Get("/dead-letters?source=$source").Patient(flushing: true).With("total", 1).With("by_reason.conflict", 1).With("items.0.event_id", "$id").Keep("letter", "items.0.id"),
    ];

    /// <summary>What was put back is in conflict still.</summary>
    private static HostStep DiedAgain() => Get("/dead-letters?source=$source&replayed=false").Patient(flushing: true).With("total", 1);

    private static HostStep[] AnotherDied() =>
    [
        Take(Event.Replace("$id", "$key", StringComparison.Ordinal)), Take(Conflict.Replace("$id", "$key", StringComparison.Ordinal)),
        Get("/dead-letters?source=$source").Patient(flushing: true).With("total", 2),
    ];

    /// <summary>Two at one a second: there is time to see it run, to be refused another one, and to end it.</summary>
    private static async Task CancelAsync(HostRun run)
    {
        var replay = Task.Run(() => run.DoAsync(Replay("""{"source":"$source","limit":2,"rate_per_second":1}""").With("stopped_by", "cancelled").With("matched", 2)));
        await run.DoAsync(Get("/dead-letters/replay").Patient().With("replay.state", "running").With("replay.matched", 2));
        await run.DoAsync(Replay("""{"source":"$source"}""").Refused(ProblemTypes.ReplayInProgress));
        await run.DoAsync(Delete("/dead-letters/replay").Answers(202).With("limit", 2));
        await replay;
        await run.DoAsync(Get("/dead-letters/replay").With("replay.state", "stopped").With("replay.matched", 2));
    }
}
