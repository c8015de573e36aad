using System.Text;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Http.Problems;
using static FunctionsMonitor.HostContract.Table.Ask;

namespace FunctionsMonitor.HostContract.Table;

/// <summary><c>POST /events</c>, but for CloudEvents. Bodies that are too large are so under the default limits.</summary>
internal static class IngestRows
{
    private const string Other = """{"event_type":"$type","source":"$source","timestamp":"$now","data":{"n":2},"metadata":{"by":"host tests"}}""";

    /// <summary>4 MiB and a bit: over the limit for a body, under what a server would refuse by itself.</summary>
    private const int TooManyBytes = (4 * 1024 * 1024) + 1;

    /// <summary>Over the limit that Kestrel has by itself.</summary>
    private const int FarTooManyBytes = 40_000_000;

    private static readonly string Nested = string.Concat(Enumerable.Repeat("[", 40)) + string.Concat(Enumerable.Repeat("]", 40));

    public static IEnumerable<HostRow> All =>
    [
        Row("POST /events: one object is taken", Take(Event).With("errors", "[]").Without("errors_truncated")),
        Row("POST /events: an array is taken", Take($"[{Event},{Other}]", 2)),
        Row("POST /events: lines are taken, empty ones passed over", Post("/events").Text($"{Event}\r\n\n{Other}\n", "application/x-ndjson").Taken(2)),
        Row("POST /events: gzip is taken", Post("/events").Json(Event).Gzipped().Taken(1)),
        Row("POST /events: a body without a length is taken", Post("/events").Json(Event).Chunked().Taken(1)),
        Row("POST /events: gzip without a length is taken", Post("/events").Json(Event).Gzipped().Chunked().Taken(1)),
        Row("POST /events: identity is no encoding", Post("/events").Json(Event).Header("Content-Encoding", "identity").Taken(1)),
        Row("POST /events: a charset of UTF-8 in quotes is taken", Post("/events").Text(Event, "Application/JSON; charset=\"UTF-8\"").Taken(1)),
        Row("POST /events: what is no event is rejected by its place, the rest is taken",
            Post("/events").Json($"[{Event},7]").Taken(1, 1).With("errors.0.index", 1).With("errors.0.code", "not_an_object")),
        Row("POST /events: nothing but what is no event is all rejected",
            Post("/events").Json("[7,null,\"x\"]").Refused(ProblemTypes.AllRejected).With("index", 0).With("errors.2.code", "not_an_object")),
        Row("POST /events: of many errors a hundred are listed",
            Post("/events").Json($"[{string.Join(',', Enumerable.Repeat(7, 101))}]").Refused(ProblemTypes.AllRejected).With("errors.99.index", 99).Without("errors.100").With("errors_truncated", true))
            .OnlyOwn("A hundred failures would show in somebody's figures."),
        Row("POST /events: an event with too many bytes is rejected",
            Post("/events").Bytes(() => Encoding.UTF8.GetBytes($$"""{"event_type":"functionsmonitor.test","source":"x","data":{"a":"{{new string('a', 1_100_000)}}"} }"""))
                .Refused(ProblemTypes.AllRejected).With("errors.0.code", "event_too_large")),

        Row("POST /events: a body that is cut off", Post("/events").Json("""{"event_type":"x",""").Refused(ProblemTypes.MalformedJson).With("index", 0)),
        Row("POST /events: a body that goes on after its end", Post("/events").Json("{}{}").Refused(ProblemTypes.MalformedJson)),
        Row("POST /events: one bad line refuses all",
            Post("/events").Text($"{Event}\n{{\"a\":}}\n", "application/x-ndjson").Refused(ProblemTypes.MalformedJson).With("index", 1)),
        Row("POST /events: no body", Post("/events").Json("").Refused(ProblemTypes.EmptyBody)),
        Row("POST /events: nothing but blanks", Post("/events").Text(" \r\n\t", "application/x-ndjson").Refused(ProblemTypes.EmptyBody)),
        Row("POST /events: an empty array", Post("/events").Json("[]").Refused(ProblemTypes.EmptyBody)),
        Row("POST /events: not UTF-8", Post("/events").Bytes(() => [.. "{\"event_type\":\""u8, 0xC3, 0x28, .. "\"}"u8]).Refused(ProblemTypes.InvalidUtf8)),
        Row("POST /events: nested too deeply", Post("/events").Json($$"""{"data":{"a":{{Nested}} } }""").Refused(ProblemTypes.TooDeep).With("index", 0)),
        Row("POST /events: no gzip, though it says so",
            Post("/events").Json(Event).Header("Content-Encoding", "gzip").Refused(ProblemTypes.MalformedGzip, "Content-Encoding")),
        Row("POST /events: gzip that is cut off",
            Post("/events").Bytes(() => HostStep.Gzip(Encoding.UTF8.GetBytes(new string(' ', 5000) + "[7]"))[..^9]).Header("Content-Encoding", "gzip")
                .Refused(ProblemTypes.MalformedGzip, "Content-Encoding")),
        Row("POST /events: a body with too many bytes", Post("/events").Bytes(() => Blanks(TooManyBytes)).Refused(ProblemTypes.BodyTooLarge)),
        Row("POST /events: a body with far too many bytes", Post("/events").Bytes(() => Blanks(FarTooManyBytes)).Refused(ProblemTypes.BodyTooLarge))
            .OnlyOwn("Forty megabytes are too much to send to somebody's host."),
        Row("POST /events: a body with too many bytes and without a length",
            Post("/events").Bytes(() => Blanks(TooManyBytes + (256 * 1024))).Chunked().Refused(ProblemTypes.BodyTooLarge)),
        Row("POST /events: gzip that would be too many bytes",
            Post("/events").Bytes(() => HostStep.Gzip(Blanks(70_000_000))).Header("Content-Encoding", "gzip").Refused(ProblemTypes.BodyTooLarge)),
        Row("POST /events: too many events",
            Post("/events").Bytes(() => Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat(7, 100_001))}]")).Refused(ProblemTypes.TooManyEvents)),
        Row("POST /events: no content type", Post("/events").Text(Event, null).Refused(ProblemTypes.UnsupportedMediaType, "Content-Type").With("known.0", "application/json")),
        Row("POST /events: a form's content type", Post("/events").Text(Event, "text/plain").Refused(ProblemTypes.UnsupportedMediaType, "Content-Type")),
        Row("POST /events: a charset other than UTF-8", Post("/events").Text(Event, "application/json; charset=utf-16").Refused(ProblemTypes.UnsupportedMediaType, "Content-Type")),
        Row("POST /events: an encoding that is not known",
            Post("/events").Json(Event).Header("Content-Encoding", "br").Refused(ProblemTypes.UnsupportedEncoding, "Content-Encoding").With("known.0", "gzip")),
        Row("POST /events: compressed twice",
            Post("/events").Json(Event).Header("Content-Encoding", "gzip, gzip").Refused(ProblemTypes.UnsupportedEncoding, "Content-Encoding")),

        Row("POST /events: an event without its fields is stored and marked",
            Take("""{"source":"$source","data":7,"colour":"red"}"""),
            Stored(1).With("items.0.event_type", "unknown").With("items.0.validation.passed", false).With("items.0.validation.errors", 3).With("items.0.validation.warnings", 1))
            .OnlyWhen(FlagSchema.EnableValidation.Name, "true").OnlyWhen(FlagSchema.ValidationStrict.Name, "false"),
        Row("POST /events: hostile text comes back as it was sent",
            Take("""{"event_id":"$id","event_type":"$type","source":"$source","timestamp":"$now","data":{"a":"'; DROP TABLE events; --","a":"<script>","b":"\u0000\ud800","c":1e400,"d":[ ] },"metadata":{"e":"\u202e"}}"""),
            Stored(1).With("items.0.data", """{"a":"'; DROP TABLE events; --","a":"<script>","b":"\u0000\ud800","c":1e400,"d":[ ] }""").With("items.0.metadata", """{"e":"\u202e"}""")),
        Row("POST /events: an event that is sent again, in one request and in another, is stored once",
            Take($"[{Event},{Event}]", 2), Take(Event), Stored(1).With("items.0.event_id", "$id"), Take(Event), Stored(1)),

        Row("POST /events: the same key and body get the same answer",
            Post("/events").Json(Event).Header("Idempotency-Key", "$key").Taken(1).WithoutHeader("Idempotent-Replayed").Keep("segment", "segment_id"),
            Post("/events").Json(Event).Header("Idempotency-Key", "\"$key\"").Taken(1).WithHeader("Idempotent-Replayed", "true").With("segment_id", "$segment"),
            Post("/events").Json(Event).Gzipped().Header("Idempotency-Key", "$key").Taken(1).WithHeader("Idempotent-Replayed", "true").With("segment_id", "$segment")),
        Row("POST /events: a refusal of all is kept under its key, too",
            Post("/events").Json("[7]").Header("Idempotency-Key", "$key").Refused(ProblemTypes.AllRejected).WithoutHeader("Idempotent-Replayed"),
            Post("/events").Json("[7]").Header("Idempotency-Key", "$key").Refused(ProblemTypes.AllRejected).WithHeader("Idempotent-Replayed", "true")),
        Row("POST /events: another body under a key",
            Post("/events").Json(Event).Header("Idempotency-Key", "$key").Taken(1),
            Post("/events").Json(Other).Header("Idempotency-Key", "$key").Refused(ProblemTypes.IdempotencyKeyReused, "Idempotency-Key"),
            Post("/events").Text(Event, "application/x-ndjson").Header("Idempotency-Key", "$key").Refused(ProblemTypes.IdempotencyKeyReused, "Idempotency-Key")),
        Row("POST /events: a key that is too long",
            Post("/events").Json(Event).Header("Idempotency-Key", new string('k', 256)).Refused(ProblemTypes.InvalidParameter, "Idempotency-Key")),
        Row("POST /events: a key with a blank in it", Post("/events").Json(Event).Header("Idempotency-Key", "a b").Refused(ProblemTypes.InvalidParameter, "Idempotency-Key")),
        Row("POST /events: a key of nothing", Post("/events").Json(Event).Header("Idempotency-Key", "\"\"").Refused(ProblemTypes.InvalidParameter, "Idempotency-Key")),
    ];

    private static byte[] Blanks(int count)
    {
        var blanks = new byte[count];
        Array.Fill(blanks, (byte)' ');
        return blanks;
    }
}
