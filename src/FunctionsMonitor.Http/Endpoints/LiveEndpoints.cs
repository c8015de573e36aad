using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Streaming;
using FunctionsMonitor.Live;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>Events as they come.</summary>
public sealed class LiveEndpoints(
    MonitoringBroadcaster broadcaster, LiveResume resume, MonitorInstance instance, IOptions<LiveOptions> options, IHostApplicationLifetime lifetime,
    TimeProvider time)
{
    private const string LastEventId = "Last-Event-ID";

    /// <summary><c>GET /events/stream</c>.</summary>
    public Task<IResult> StreamAsync(HttpContext context)
    {
        var query = new QueryReader(context, QueryParameters.OfStream);
        var filter = new LiveFilter(query.Text(QueryParameters.Type), query.Text(QueryParameters.Source));
        var last = context.Request.Headers[LastEventId].ToString();
        return Task.FromResult<IResult>(new EventStream(
            broadcaster.Subscribe(filter), broadcaster, resume, last.Length > 0 ? last : null, instance.Name, options.Value, time,
            lifetime.ApplicationStopping));
    }
}
