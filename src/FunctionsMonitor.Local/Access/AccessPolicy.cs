using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Problems;

namespace FunctionsMonitor.Local.Access;

/// <summary>
/// With keys: who shows the right one may. Without: everyone on this machine may, but no web page through somebody's browser. A name that
/// an attacker points to 127.0.0.1 shows in <c>Host</c>, and a form or script of a foreign page shows in <c>Origin</c>.
/// </summary>
internal sealed class AccessPolicy(KeyRing keys)
{
    public const string LocalActor = "local";

    public AccessDecision Decide(in RequestFacts request) => keys.IsNeeded ? ByKey(request) : ByLoopback(request);

    private AccessDecision ByKey(in RequestFacts request)
    {
        var role = keys.Find(request.Key);
        var mayPass = (request.Access, role) switch
        {
            (EndpointAccess.Anonymous, _) => true,
            (EndpointAccess.Ingest, KeyRole.Ingest) => true,
            (EndpointAccess.Read, KeyRole.Read or KeyRole.Operate) => true,
            (EndpointAccess.Operate, KeyRole.Operate) => true,
            _ => false,
        };
        if (mayPass)
            return new(role?.ToString().ToLowerInvariant() ?? LocalActor, null);

        var needed = request.Access.ToString().ToLowerInvariant();
        return new(null, new(ProblemTypes.Unauthorized, role is { } shown
            ? $"The {shown.ToString().ToLowerInvariant()} key does not open this; send the {needed} key in {AccessGuard.KeyHeader}."
            : $"Send the {needed} key in {AccessGuard.KeyHeader}."));
    }

    private static AccessDecision ByLoopback(in RequestFacts request)
    {
        if (!Loopback.IsLoopback(request.Host.Host))
        {
            return new(null, new(
                Refusal.HostNotAllowed,
                "Without keys only requests to localhost, 127.0.0.1 or [::1] are answered. Set the three keys to be reached under another name."));
        }

        return IsChange(request.Method) && request.Origin is { } origin && !IsOwn(origin, request.Host)
            ? new(null, new(
                Refusal.OriginNotAllowed,
                "Without keys nothing can be changed from a page of another origin. Set the three keys and send one."))
            : new(LocalActor, null);
    }

    private static bool IsChange(string method) =>
        !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);

    /// <summary>The page this host served itself. <c>null</c>, of a sandboxed frame or a file, is foreign.</summary>
    private static bool IsOwn(string origin, HostString host) =>
        origin.Equals($"http://{(host.Port is 80 ? host.Host : host.Value)}", StringComparison.OrdinalIgnoreCase);
}
