using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Problems;

namespace FunctionsMonitor.HostContract.Table;

/// <summary>
/// Keys, and who may ask where there are none. With the right key every request here is refused as well, for a parameter that is none, so that none of them
/// does anything. The Functions host checks keys itself and says no in its own words; there a key in the address opens everything.
/// </summary>
internal static class AccessRows
{
    private const string Challenge = "FunctionsKey realm=\"functionsmonitor\", header=\"x-functions-key\"";
    private const string Keys = "The Functions host checks keys, and knows no origins and names.";

    public static IEnumerable<HostRow> All =>
    [
        .. from endpoint in EndpointCatalog.All
           where endpoint.Access != EndpointAccess.Anonymous
           select Row(endpoint, "no key and a wrong one are refused", Unauthorized(endpoint, KeyUse.None), Unauthorized(endpoint, KeyUse.Wrong)).OnlyWithKeys(),
        .. from endpoint in EndpointCatalog.All
           where endpoint.TakesKeyInQuery
           select Row(endpoint, "the key may stand in the address",
               new HostStep(endpoint.Method, $"/{endpoint.Route}?functionsmonitor_test=1").Shows(KeyUse.Address).Refused(ProblemTypes.UnknownParameter)).OnlyWithKeys(),
        .. from endpoint in EndpointCatalog.All
           where endpoint.Access != EndpointAccess.Anonymous && !endpoint.TakesKeyInQuery
           select Row(endpoint, "a key in the address is none", Unauthorized(endpoint, KeyUse.Address)).OnlyWithKeys().OnlyLocal("There a key in the address opens everything."),
        .. from endpoint in EndpointCatalog.All
           from other in (EndpointAccess[])[EndpointAccess.Ingest, EndpointAccess.Read, EndpointAccess.Operate]
           where endpoint.Access is not EndpointAccess.Anonymous && other != endpoint.Access && (endpoint.Access, other) != (EndpointAccess.Read, EndpointAccess.Operate)
           select Row(endpoint, $"the key for {other.ToString().ToLowerInvariant()} does not open it")
               .Then(run => run.DoAsync(Unauthorized(endpoint, KeyUse.None).Header(HostTarget.KeyHeader, run.Target.Keys!.For(other)!))).OnlyWithThreeKeys(),
        new HostRow("GET /status: the key for operate opens what is read", []).Then(run =>
            run.DoAsync(new HostStep("GET", $"/{Routes.Status}").Shows(KeyUse.None).Header(HostTarget.KeyHeader, run.Target.Keys!.Operate))).OnlyWithThreeKeys(),

        new HostRow("Without keys a foreign name is turned away",
        [
            new HostStep("GET", "/status").Header("Host", "evil.example").Refused("host-not-allowed", 421),
            new HostStep("GET", "/status").Header("Host", "localhost:1"),
        ]).OnlyWithoutKeys().OnlyLocal(Keys).OnlyOwn("What stands before somebody's host goes by that name."),
        new HostRow("Without keys a foreign page changes nothing",
        [
            new HostStep("POST", "/metrics/flush?functionsmonitor_test=1").Header("Origin", "https://evil.example").Refused("origin-not-allowed", 403),
            new HostStep("DELETE", "/dead-letters/x").Header("Origin", "null").Refused("origin-not-allowed", 403),
            new HostStep("GET", "/status").Header("Origin", "https://evil.example"),
        ]).OnlyWithoutKeys().OnlyLocal(Keys),
    ];

    private static HostStep Unauthorized(EndpointDescription endpoint, KeyUse key)
    {
        var path = $"{ParameterRows.PathOf(endpoint)}?functionsmonitor_test=1";
        return new HostStep(endpoint.Method, path).Shows(key).OfTheHost().Refused(ProblemTypes.Unauthorized).WithHeader("WWW-Authenticate", Challenge);
    }

    private static HostRow Row(EndpointDescription endpoint, string name, params HostStep[] steps) => new($"{endpoint.Method} /{endpoint.Route}: {name}", steps);
}
