using System.Collections.Concurrent;

namespace FunctionsMonitor.IntegrationTests.Segments;

/// <summary>Sends requests on and keeps what they were: a store is paid for by the request.</summary>
internal sealed class RequestLog() : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
{
    private readonly ConcurrentQueue<string> requests = new();

    /// <summary>What was done since the last time, in a word each: <c>put</c>, <c>list</c>, <c>get</c>, <c>head</c>, <c>delete</c>, <c>create container</c>.</summary>
    public IReadOnlyList<string> Take()
    {
        var taken = new List<string>();
        while (requests.TryDequeue(out var request))
            taken.Add(request);
        return taken;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var query = request.RequestUri!.Query;
        var isContainer = query.Contains("restype=container", StringComparison.Ordinal);
        requests.Enqueue(
            query.Contains("comp=list", StringComparison.Ordinal) ? "list"
            : query.Contains("comp=", StringComparison.Ordinal) ? $"{request.Method} {query}"
            : isContainer ? "create container"
            : request.Method.Method.ToLowerInvariant());
        return base.SendAsync(request, cancellationToken);
    }
}
