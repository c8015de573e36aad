using FunctionsMonitor.Flags;
using FunctionsMonitor.Http.Problems;
using static FunctionsMonitor.HostContract.Table.Ask;

namespace FunctionsMonitor.HostContract.Table;

/// <summary>CloudEvents on <c>POST /events</c>, and the handshake of their senders.</summary>
internal static class CloudEventRows
{
    private const string Structured = "application/cloudevents+json";
    private const string Batch = "application/cloudevents-batch+json";
    private const string Sender = "eventgrid.azure.net";
    private const string Event = """{"specversion":"1.0","id":"$id","source":"$source","type":"$type","time":"$now","subject":"s","data":{"n":1}}""";

    public static IEnumerable<HostRow> All =>
    [
        Row("POST /events: a CloudEvent, delivered twice, is stored once",
            Post("/events").Text(Event, Structured).Taken(1), Post("/events").Text(Event, $"{Structured}; charset=utf-8").Taken(1),
            Stored(1).With("items.0.event_type", "$type").With("items.0.data", """{"n":1}""").With("items.0.metadata.subject", "s")),
        Row("POST /events: a batch of CloudEvents", Post("/events").Text($"[{Event},{Event.Replace("$id", "$key", StringComparison.Ordinal)}]", Batch).Taken(2)),
        Row("POST /events: an empty batch is none", Post("/events").Text("[]", Batch).Answers(202).With("accepted", 0).With("rejected", 0).Without("segment_id")),
        Row("POST /events: a CloudEvent in headers with JSON",
            Binary("""{"n":1}""", "application/json").Header("ce-subject", "%C3%A9").Taken(1),
            Stored(1).With("items.0.data", """{"n":1}""").With("items.0.metadata.subject", "é")),
        Row("POST /events: a CloudEvent in headers with text is the same event as in JSON",
            Binary("left at the door", "text/plain").Taken(1), Stored(1).With("items.0.data", """{"data":"left at the door"}""")),
        Row("POST /events: a CloudEvent in headers, compressed", Binary("""{"n":1}""", "application/json").Gzipped().Taken(1)),
        Row("POST /events: a CloudEvent in headers with broken JSON", Binary("{", "application/json").Refused(ProblemTypes.MalformedJson)),
        Row("POST /events: an attribute that is not UTF-8", Binary("{}", "application/json").Header("ce-subject", "%ff").Refused(ProblemTypes.InvalidParameter).Check(AtFault("ce-subject"))),
        Row("POST /events: data as an attribute", Binary("{}", "application/json").Header("ce-data", "{}").Refused(ProblemTypes.InvalidParameter).Check(AtFault("ce-data"))),
        Row("POST /events: a CloudEvent of another version is stored and marked",
            Post("/events").Text(Event.Replace("1.0", "0.3", StringComparison.Ordinal), Structured).Taken(1), Stored(1).With("items.0.validation.issues.0.code", "specversion_invalid"))
            .OnlyWhen(FlagSchema.EnableValidation.Name, "true").OnlyWhen(FlagSchema.ValidationStrict.Name, "false"),
        Row("POST /events: a format of CloudEvents that is not known", Post("/events").Text("x", "application/cloudevents+avro").Refused(ProblemTypes.UnsupportedMediaType, "Content-Type")),

        Row("OPTIONS /events: who may deliver is told so",
            Options("/events").Header("WebHook-Request-Origin", Sender).Header("WebHook-Request-Rate", "120").Answers(200)
                .WithHeader("WebHook-Allowed-Origin", Sender).WithHeader("WebHook-Allowed-Rate", "*").WithHeader("Allow", "POST, OPTIONS, GET").WithoutBody()),
        Row("OPTIONS /events: who may not is told so",
            Options("/events").Header("WebHook-Request-Origin", "functionsmonitor-test.invalid").Refused(ProblemTypes.WebhookNotAllowed, "WebHook-Request-Origin")
                .WithoutHeader("WebHook-Allowed-Origin").WithoutHeader("WebHook-Allowed-Rate")),
        Row("OPTIONS /events: who does not say who he is", Options("/events").Refused(ProblemTypes.InvalidParameter, "WebHook-Request-Origin")),
    ];

    private static HostStep Binary(string body, string contentType) => Post("/events").Text(body, contentType)
        .Header("ce-specversion", "1.0").Header("ce-id", "$id").Header("ce-source", "$source").Header("ce-type", "$type").Header("ce-time", "$now");

    /// <summary>Names of headers have no case, and a host between may change it.</summary>
    private static Action<HostAnswer> AtFault(string header) => answer => Assert.Equal(header, answer.Find("field"), ignoreCase: true);
}
