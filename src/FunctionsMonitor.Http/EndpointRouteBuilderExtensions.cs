using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FunctionsMonitor.Http;

/// <summary>Maps the endpoints of <see cref="EndpointCatalog"/> for a host that routes by itself.</summary>
public static class EndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps every endpoint, a 405 for every other method of its route, and a 404 for every other path. Each endpoint has its
    /// <see cref="EndpointDescription"/> in its metadata, so that a middleware can ask for the access it needs.
    /// </summary>
    /// <param name="endpoints">Where to map.</param>
    /// <param name="configure">Called for every endpoint of the catalog, to attach what the host wants of it.</param>
    public static void MapFunctionsMonitor(
        this IEndpointRouteBuilder endpoints, Action<EndpointDescription, IEndpointConventionBuilder>? configure = null)
    {
        foreach (var description in EndpointCatalog.All)
        {
            var builder = MapOne(endpoints, description, description.Method).WithName(description.Name).WithSummary(description.Summary);
            foreach (var response in description.Responses)
                builder.WithMetadata(new ProducesResponseTypeMetadata(response.Status, response.Body, response.Body is null ? [] : [response.ContentType]));
            configure?.Invoke(description, builder);
            if (!description.AlsoHead)
                continue;

            // An endpoint of its own, which the description does not list: there an operation would be named twice.
            var head = MapOne(endpoints, description, HttpMethods.Head).ExcludeFromDescription();
            configure?.Invoke(description, head);
        }

        foreach (var route in EndpointCatalog.All.GroupBy(description => description.Route))
            MapOtherMethods(endpoints, route.Key, [.. route.SelectMany(MethodsOf)]);

        endpoints.Map("{**path}", Answer(context => Problem.Of(
                ProblemTypes.NotFound, $"There is nothing at {context.Request.Path}; /{Routes.OpenApi} lists what there is.")))
            .WithOrder(int.MaxValue).WithMetadata(EndpointCatalog.Fallback).ExcludeFromDescription();
    }

    /// <summary>
    /// As a <see cref="RequestDelegate"/>: of any other delegate the framework compiles an expression tree at the first request, one for each endpoint,
    /// before it answers. It describes only endpoints whose method it knows, so that is told here.
    /// </summary>
    private static IEndpointConventionBuilder MapOne(IEndpointRouteBuilder endpoints, EndpointDescription description, string method)
    {
        async Task AnswerAsync(HttpContext context)
        {
            var result = await EndpointInvoker.InvokeAsync(context, description.Handler(context.RequestServices)).ConfigureAwait(false);
            await result.ExecuteAsync(context).ConfigureAwait(false);
        }

        RequestDelegate answer = AnswerAsync;
        return endpoints.MapMethods(description.Route, [method], answer).WithMetadata(description, answer.Method);
    }

    private static IEnumerable<string> MethodsOf(EndpointDescription description) =>
        description.AlsoHead ? [description.Method, HttpMethods.Head] : [description.Method];

    /// <summary>Routing's own 405 has no body. An endpoint for any method, behind the others, takes its place.</summary>
    private static void MapOtherMethods(IEndpointRouteBuilder endpoints, string route, string[] methods)
    {
        var allow = string.Join(", ", methods);
        endpoints.Map(route, Answer(context => Problem.Of(
                ProblemTypes.MethodNotAllowed, $"{context.Request.Path} has no {context.Request.Method}, only {allow}.") with
        { Allow = allow }))
            .WithOrder(1).WithMetadata(EndpointCatalog.Fallback).ExcludeFromDescription();
    }

    private static RequestDelegate Answer(Func<HttpContext, Problem> problem) =>
        context => new ProblemResult(problem(context)).ExecuteAsync(context);
}
