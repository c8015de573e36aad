using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>One row of <see cref="EndpointCatalog"/>: an endpoint as every host offers it.</summary>
public sealed record EndpointDescription
{
    /// <summary>Unique; the operation id in OpenAPI.</summary>
    public required string Name { get; init; }

    /// <summary>The HTTP method, in capitals.</summary>
    public required string Method { get; init; }

    /// <summary>HEAD is answered as GET is, without the body: probes and load balancers ask so.</summary>
    public bool AlsoHead { get; init; }

    /// <summary>One of <see cref="Routes"/>.</summary>
    public required string Route { get; init; }

    public required EndpointAccess Access { get; init; }

    /// <summary>The key may also stand in the query, as <c>code</c>: a webhook's sender is given an address and no headers.</summary>
    public bool TakesKeyInQuery { get; init; }

    public required string Summary { get; init; }

    /// <summary>Finds the endpoint among a host's services.</summary>
    public required Func<IServiceProvider, Func<HttpContext, Task<IResult>>> Handler { get; init; }

    public required IReadOnlyList<EndpointResponse> Responses { get; init; }

    public IReadOnlyList<EndpointParameter> Parameters { get; init; } = [];

    /// <summary>Headers of the request that change what it does.</summary>
    public IReadOnlyList<EndpointParameter> Headers { get; init; } = [];

    /// <summary>Content types of the body; empty when the endpoint reads none.</summary>
    public IReadOnlyList<string> RequestContentTypes { get; init; } = [];

    /// <summary>The type of the request's JSON, where it has one.</summary>
    public Type? RequestBody { get; init; }
}
