using System.Globalization;
using FunctionsMonitor.Events.CloudEvents;
using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>The handshake that a sender of CloudEvents makes before it delivers (HTTP 1.1 Web Hooks for Event Delivery 1.0.2, section 4).</summary>
public sealed class WebhookEndpoints(IOptions<CloudEventsOptions> options)
{
    public const string RequestOrigin = "WebHook-Request-Origin";
    public const string AllowedOrigin = "WebHook-Allowed-Origin";
    public const string AllowedRate = "WebHook-Allowed-Rate";
    private const string AnyRate = "*";

    private static readonly string Methods =
        string.Join(", ", EndpointCatalog.All.Where(row => row.Route == Routes.Events).Select(row => row.Method));

    /// <summary><c>OPTIONS /events</c>. Answers at once; the callback that a sender may offer is never called: it is an address of anybody's choice.</summary>
    public Task<IResult> HandshakeAsync(HttpContext context)
    {
        QueryReader.ExpectNone(context);
        var asking = context.Request.Headers[RequestOrigin];
        if (asking.Count != 1 || asking[0]!.Length == 0)
            throw ProblemException.InvalidParameter(RequestOrigin, $"{RequestOrigin} must be there once and name the sender.");
        if (options.Value.Allow(asking[0]!) is not { } allowed)
            throw new ProblemException(Problem.Of(
                ProblemTypes.WebhookNotAllowed,
                $"'{QueryReader.Shorten(asking[0]!)}' may not deliver here; {CloudEventsOptions.Section}:{nameof(CloudEventsOptions.AllowedOrigins)} names those who may.") with
            {
                Field = RequestOrigin,
            });

        var headers = context.Response.Headers;
        headers.Allow = Methods;
        headers[AllowedOrigin] = allowed;
        headers[AllowedRate] = options.Value.AllowedRate is > 0 and var rate ? rate.ToString(CultureInfo.InvariantCulture) : AnyRate;
        return Task.FromResult<IResult>(TypedResults.Ok());
    }
}
