using FunctionsMonitor.Http.Endpoints;

namespace FunctionsMonitor.Local.Access;

/// <summary>What a decision about a request needs to know of it.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Host">The <c>Host</c> header.</param>
/// <param name="Origin">The <c>Origin</c> header; null when there is none, as with anything but a browser.</param>
/// <param name="Key">What it shows in <c>x-functions-key</c>.</param>
/// <param name="Access">What its endpoint asks for.</param>
internal readonly record struct RequestFacts(string Method, HostString Host, string? Origin, string? Key, EndpointAccess Access);
