namespace FunctionsMonitor.HostContract.Table;

/// <summary>The beginnings of steps, and steps that many rows have.</summary>
internal static class Ask
{
    /// <summary>A valid event.</summary>
    public const string Event = """{"event_id":"$id","event_type":"$type","source":"$source","timestamp":"$now","data":{"n":1}}""";

    public static HostStep Get(string path) => new("GET", path);

    public static HostStep Head(string path) => new("HEAD", path);

    public static HostStep Post(string path) => new("POST", path);

    public static HostStep Options(string path) => new("OPTIONS", path);

    public static HostStep Delete(string path) => new("DELETE", path);

    /// <summary>Events that must be taken, all of them.</summary>
    public static HostStep Take(string body, int events = 1) => Post("/events").Json(body).Taken(events);

    public static HostStep Taken(this HostStep step, int events, int rejected = 0) =>
        step.Answers(202).With("accepted", events).With("rejected", rejected).Check(answer => Assert.True(Guid.TryParse(answer.Find("segment_id"), out _), $"{answer}"));

    /// <summary>Flushes until the events of this row are stored, so many of them.</summary>
    public static HostStep Stored(int events) => Get("/events?source=$source").Patient(flushing: true)
        .Check(answer => Assert.Equal(events, answer.Json.GetProperty("items").GetArrayLength()));

    public static HostRow Row(string name, params HostStep[] steps) => new(name, steps);
}
