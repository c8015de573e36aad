using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Problems;

namespace FunctionsMonitor.HostContract.Table;

/// <summary>What no endpoint has. The Functions host answers 404 to all of it, in its own words.</summary>
internal static class RouteRows
{
    private const string Reason = "The Functions host answers itself what no function has.";
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    public static IEnumerable<HostRow> All =>
    [
        Row("A path that is not there", new HostStep("GET", "/nothing/here").Refused(ProblemTypes.NotFound).Check(answer => Assert.Contains("/nothing/here", answer.Find("detail"), StringComparison.Ordinal))),
        Row("A path that is not there, with every method", [.. Methods.Where(method => method != "HEAD").Select(method => new HostStep(method, "/nothing").Refused(ProblemTypes.NotFound))]),
        .. EndpointCatalog.All.GroupBy(row => row.Route).Select(OtherMethods),
    ];

    private static HostRow OtherMethods(IGrouping<string, EndpointDescription> route)
    {
        var methods = route.SelectMany(row => row.AlsoHead ? (string[])[row.Method, "HEAD"] : [row.Method]).ToList();
        return Row($"/{route.Key}: a method that it does not have",
        [
            .. Methods.Except(methods).Select(method => new HostStep(method, ParameterRows.PathOf(route.First()))
                .Refused(ProblemTypes.MethodNotAllowed.Code, ProblemTypes.MethodNotAllowed.Status).WithHeader("Allow", string.Join(", ", methods))),
        ]);
    }

    private static HostRow Row(string name, params HostStep[] steps) => new HostRow(name, [.. steps.Select(step => step.OfTheHost())]).OnlyLocal(Reason);
}
