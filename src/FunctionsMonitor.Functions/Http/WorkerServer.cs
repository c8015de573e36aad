using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Functions.Http;

/// <summary>The worker's own web server, which nobody but the Functions host talks to.</summary>
internal static class WorkerServer
{
    /// <summary>
    /// Leaves the size of a body to the endpoints. Kestrel's own 30 MB would cut the connection while the host still forwards a larger one,
    /// and the client would see the host's error instead of the 413; it would also cap a <c>MaxBodyBytes</c> set higher.
    /// </summary>
    public static IServiceCollection LeaveBodySizeToEndpoints(this IServiceCollection services) =>
        services.Configure<KestrelServerOptions>(options => options.Limits.MaxRequestBodySize = null);
}
