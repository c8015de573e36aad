using FunctionsMonitor.HostContract.Table;

namespace FunctionsMonitor.HostContract;

/// <summary>
/// Requests over every route, and what every host must answer. It may be held against somebody's host: its events have a type of their own, the sources of
/// one run begin alike, and nothing is done to what others have made. What only a host of the tests can be asked for says so and why.
/// </summary>
public static class HostTable
{
    /// <summary>Of every event that a row sends and that has one.</summary>
    public const string EventType = "functionsmonitor.test";

    public static IReadOnlyList<HostRow> Rows { get; } =
    [
        .. IngestRows.All, .. CloudEventRows.All, .. EventRows.All, .. FigureRows.All, .. StateRows.All, .. PageRows.All, .. DeadLetterRows.All, .. BreakerRows.All,
        .. ParameterRows.All, .. RouteRows.All, .. AccessRows.All,
    ];

    /// <summary>The names of the rows for a host of these facts. For somebody's host they are all: what it cannot be asked is skipped, and says why.</summary>
    public static TheoryData<string> NamesFor(HostFacts host) => [.. Rows.Where(row => !host.IsOwn || row.ObstacleAt(host) is null).Select(row => row.Name)];

    /// <summary>Answers of the catalog that no request to a sound host with default settings can bring about, and why. Tests of their own get them.</summary>
    public static IReadOnlyDictionary<(string Endpoint, int Status), string> Unreached { get; } = new Dictionary<(string, int), string>
    {
        [("IngestEvents", 409)] = "It takes two requests at one moment.",
        [("IngestEvents", 429)] = "It takes a full buffer.",
        [("IngestEvents", 503)] = "It takes a sick store of segments.",
        [("StreamEvents", 503)] = "It takes as many subscribers as there may be.",
        [("Flush", 409)] = "It takes two flushes at one moment.",
        [("Flush", 503)] = "It takes a sick metrics store.",
        [("GetHealth", 503)] = "It takes a full buffer or a sick store.",
        [("GetReadiness", 503)] = "It takes a full buffer or a sick store.",
        [("ReplayDeadLetter", 409)] = "It takes two requests at one moment.",
        [("ReplayDeadLetter", 422)] = "It takes strict validation, or a dead letter past its retention.",
        [("ReplayDeadLetter", 429)] = "It takes a full buffer.",
        [("ReplayDeadLetter", 503)] = "It takes a sick store.",
        [("ReplayDeadLetters", 429)] = "It takes a full buffer.",
        [("ReplayDeadLetters", 503)] = "It takes a sick store.",
        [("DiscardDeadLetter", 503)] = "It takes a sick metrics store.",
        [("IsolateBreaker", 503)] = "It takes a sick store of breaker state.",
        [("ResetBreaker", 503)] = "It takes a sick store of breaker state.",
        [("ListOperations", 503)] = "It takes a sick store of the log.",
        [("GetOpenApi", 404)] = "It takes a build without the document.",
        [("GetDashboard", 302)] = "It takes a build without Node.",
    };
}
