using FunctionsMonitor.Http.Problems;
using static FunctionsMonitor.HostContract.Table.Ask;

namespace FunctionsMonitor.HostContract.Table;

/// <summary><c>/metrics/…</c>.</summary>
internal static class FigureRows
{
    private static readonly string[] Outcomes = ["completed", "empty", "partial"];

    public static IEnumerable<HostRow> All =>
    [
        Row("GET /metrics/validation: a stored event is counted",
            Take(Event), Stored(1), Get("/metrics/validation").With("interval", "raw").Without("series").Check(HasType)),
        Row("GET /metrics/validation: a series by the minute",
            Take(Event), Stored(1), Get("/metrics/validation?interval=1m").With("interval", "1m").Check(HasType)
                .Check(answer => Assert.True(answer.Json.GetProperty("series").GetArrayLength() > 0, $"{answer}"))),
        Row("GET /metrics/validation: a range in which there was nothing", Get("/metrics/validation?from=2020-01-01T00:00:30Z&to=2020-01-01T00:00:31Z&interval=5m")
            .With("from", "2020-01-01T00:00:00.000000Z").With("to", "2020-01-01T00:01:00.000000Z").With("types", "[]").With("series", "[]")),
        Row("GET /metrics/validation: too many buckets",
            Get("/metrics/validation?from=2020-01-01T00:00:00Z&to=2021-01-01T00:00:00Z&interval=1m").Refused(ProblemTypes.InvalidParameter, "interval")),

        Row("GET /metrics/ledger: the books", Get("/metrics/ledger")),
        Row("GET /metrics/ledger: the books balance", Take(Event), Get("/metrics/ledger").With("balanced", true).With("missing", 0).With("gaps", "[]"))
            .OnlyOwn("Whether somebody's books balance is his to look at."),

        Row("POST /metrics/flush: a report",
            Take(Event), Post("/metrics/flush").Patient().With("trigger", "manual").Check(answer => Assert.Contains(answer.Find("outcome"), Outcomes))),
        Row("GET /metrics/flush: the last one comes first",
            Take(Event), Stored(1), Get("/metrics/flush?limit=1").Check(answer => Assert.Equal(1, answer.Json.GetProperty("items").GetArrayLength()))),
        Row("GET /metrics/flush: so many as are asked for, at most", Get("/metrics/flush").Check(answer => Assert.InRange(answer.Json.GetProperty("items").GetArrayLength(), 0, 20))),

        Row("GET /metrics/resilience: the breakers by name", Get("/metrics/resilience").Check(HasPipelines("metrics-store", "metrics-store-read"))),
        Row("GET /metrics/adapter: both adapters", Get("/metrics/adapter").With("adapters.0.name", "websocket").With("adapters.1.name", "realtime").Without("adapters.2")),
    ];

    private static void HasType(HostAnswer answer)
    {
        var type = Assert.Single(answer.Json.GetProperty("types").EnumerateArray(), type => type.GetProperty("event_type").GetString() == HostTable.EventType);
        Assert.True(type.GetProperty("total").GetInt64() > 0, $"{answer}");
    }

    private static Action<HostAnswer> HasPipelines(params string[] names) => answer =>
        Assert.Empty(names.Except(answer.Json.GetProperty("pipelines").EnumerateArray().Select(pipeline => pipeline.GetProperty("name").GetString())));
}
