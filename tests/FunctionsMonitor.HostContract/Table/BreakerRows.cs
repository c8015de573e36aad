using FunctionsMonitor.Http.Problems;
using static FunctionsMonitor.HostContract.Table.Ask;

namespace FunctionsMonitor.HostContract.Table;

/// <summary>Breakers. Only one of a host of the tests is ever opened.</summary>
internal static class BreakerRows
{
    private const string CutsOff = "It would cut somebody's host off from its store.";

    public static IEnumerable<HostRow> All =>
    [
        Row("POST /breakers/{name}/isolate: there is no such", Post("/breakers/functionsmonitor-test/isolate").Refused(ProblemTypes.NotFound, "name").Check(KnowsTheirNames)),
        Row("POST /breakers/{name}/reset: there is no such", Post("/breakers/functionsmonitor-test/reset").Refused(ProblemTypes.NotFound, "name").Check(KnowsTheirNames)),
        Row("POST /breakers/{name}/isolate: hostile text for a name", Post("/breakers/%3Cscript%3E%27/isolate").Refused(ProblemTypes.NotFound, "name")),
        Row("Breakers: one is isolated, what needs it says so, and reset it is well again",
            Take(Event), Stored(1),
            Post("/breakers/metrics-store-read/isolate").With("name", "metrics-store-read").With("breaker.state", "isolated").With("breaker.passing", false),
            Unavailable("/events"), Unavailable("/metrics/validation"), Unavailable("/metrics/ledger"), Unavailable("/metrics/flush"), Unavailable("/dead-letters"),
            Unavailable("/dead-letters/00000000000000000000000000000000-0"),
            Get("/summary").With("breakers.1.state", "isolated"),
            Get("/status").Check(answer => Assert.NotNull(answer.Find("last_flush_error"))),
            Reset().With("breaker.state", "closed").With("breaker.passing", true),
            Get("/events?source=$source").With("items.0.event_id", "$id")).Undone(Reset()).OnlyOwn(CutsOff),
    ];

    private static HostStep Reset() => Post("/breakers/metrics-store-read/reset");

    private static HostStep Unavailable(string path) => Get(path).Refused(ProblemTypes.MetricsStoreUnavailable)
        .Check(answer => Assert.True(int.TryParse(answer.Header("Retry-After"), out var seconds) && seconds > 0, $"Retry-After is {answer.Header("Retry-After")}."));

    private static void KnowsTheirNames(HostAnswer answer)
    {
        var known = answer.Json.GetProperty("known").EnumerateArray().Select(name => name.GetString()).ToList();
        Assert.Contains("metrics-store", known);
        Assert.Contains("metrics-store-read", known);
    }
}
