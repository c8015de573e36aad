using FunctionsMonitor.Flags;
using FunctionsMonitor.Http.Endpoints;
using static FunctionsMonitor.HostContract.Table.Ask;

namespace FunctionsMonitor.HostContract.Table;

/// <summary>Summary, status, health, flags, the operator log and the description.</summary>
internal static class StateRows
{
    private static readonly string[] Checks = ["buffer", "metrics-store", "flush", "flags"];

    public static IEnumerable<HostRow> All =>
    [
        Row("GET /summary: all at a glance", Get("/summary").Check(HasTag)),
        Row("GET /summary: nothing has changed since",
            Get("/summary").KeepHeader("tag", "ETag"), Get("/summary").Header("If-None-Match", "$tag").Answers(304).WithHeader("ETag", "$tag").WithoutBody()).Patient(),
        Row("GET /summary: something has changed since another", Get("/summary").Header("If-None-Match", "W/\"0\", \"1\"")),
        Row("GET /status: the instance that answers", Get("/status").Without("last_flush_error")),

        Row("GET /health: every check", Get("/health").Check(answer =>
            Assert.Equal(Checks, answer.Json.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString())))),
        Row("GET /health: a probe may add what it likes", Get("/health?probe=1&probe=2").Check(_ => { })),
        Row("HEAD /health: as GET, without the body", Head("/health").OfType("application/json")),
        Row("GET /health/ready: the buffer alone", Get("/health/ready?x").With("checks.0.name", "buffer").Without("checks.1")),
        Row("HEAD /health/ready: as GET, without the body", Head("/health/ready").OfType("application/json")),
        Row("GET /health/live: nothing is looked at, and no key is needed", Get("/health/live?x=1").Shows(KeyUse.None).With("status", "healthy")),
        Row("HEAD /health/live: as GET, without the body", Head("/health/live").Shows(KeyUse.None).OfType("application/json")),
        Row("GET /health/flags: what is wrong with flags", Get("/health/flags?x=1").With("flags.0.name", FlagSchema.All[0].Name)),
        Row("HEAD /health/flags: as GET, without the body", Head("/health/flags").OfType("application/json")),
        Row("GET /health: a new host is well", Get("/health").With("status", "healthy"), Get("/health/flags").With("status", "healthy").With("violations", "[]").With("problems", "[]"))
            .OnlyOwn("How somebody's host is, is no question of this table."),

        Row("GET /flags/status: every flag", Get("/flags/status").Check(answer => Assert.Equal(
            FlagSchema.All.Select(flag => flag.Name), answer.Json.GetProperty("flags").EnumerateArray().Select(flag => flag.GetProperty("name").GetString())))),
        Row("GET /operations: who did what",
            Post("/metrics/flush").Patient(), Get("/operations?limit=1").With("items.0.action", "flush").With("items.0.target", "buffer").Check(NamesWho)).Patient(),
        Row("GET /operations: page by page",
            Post("/metrics/flush").Patient(), Post("/metrics/flush").Patient(), Get("/operations?limit=1").Keep("cursor", "next_cursor").Keep("first", "items.0.id"),
            Get("/operations?limit=1&cursor=$cursor").Check(answer => Assert.True(
                string.CompareOrdinal(answer.Find("items.0.id"), answer.Run.Expand("$first")) < 0, $"{answer}"))),

        Row("GET /openapi.json: every endpoint is described",
            Get("/openapi.json").Check(HasTag).OfType("application/json").Check(answer => Assert.StartsWith("3.1", answer.Find("openapi"), StringComparison.Ordinal)).Check(DescribesAll)),
        Row("GET /openapi.json: it is known already",
            Get("/openapi.json").KeepHeader("tag", "ETag"), Get("/openapi.json").Header("If-None-Match", "$tag").Answers(304).WithoutBody(),
            Get("/openapi.json").Header("If-None-Match", "\"another\"")),
    ];

    private static void HasTag(HostAnswer answer) => Assert.Matches("^(W/)?\"[^\"]+\"$", answer.Header("ETag"));

    /// <summary>The Functions host keeps to itself which key it was; with App Service authentication in front it is a user.</summary>
    private static void NamesWho(HostAnswer answer)
    {
        if (answer.Run.Target.Facts is { Kind: HostKind.Functions, IsOwn: false })
            Assert.NotEmpty(answer.Find("items.0.actor")!);
        else
            Assert.Equal(answer.Run.Target.Facts switch { { Kind: HostKind.Functions } => "function-key", { Keys: null } => "local", _ => "operate" }, answer.Find("items.0.actor"));
    }

    private static void DescribesAll(HostAnswer answer)
    {
        var paths = answer.Json.GetProperty("paths");
        Assert.All(EndpointCatalog.All, row => Assert.Equal(
            row.Name, paths.GetProperty($"/{row.Route}").GetProperty(row.Method.ToLowerInvariant()).GetProperty("operationId").GetString()));
    }
}
