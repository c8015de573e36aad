using System.Net;
using System.Text;

namespace FunctionsMonitor.Tests.Storage.Azure;

/// <summary>A table service, or another of the account, that answers what the test says, in turn, and keeps the requests.</summary>
internal sealed class StubTable(params Func<HttpResponseMessage>[] answers) : HttpMessageHandler
{
    public static readonly DateTimeOffset Date = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private readonly List<string> requests = [];

    /// <summary>Method, path and If-Match of each request.</summary>
    public IReadOnlyList<string> Requests => requests;

    public static HttpResponseMessage Answer(HttpStatusCode status, string? code = null, string? body = null)
    {
        var answer = new HttpResponseMessage(status)
        {
            Content = new StringContent(body ?? $$$"""{"odata.error":{"code":"{{{code}}}","message":{"lang":"en-US","value":"said so"} } }""", Encoding.UTF8, "application/json"),
        };
        answer.Headers.Date = Date;
        if (code is not null)
            answer.Headers.Add("x-ms-error-code", code);
        return answer;
    }

    public static HttpResponseMessage Written(string tag)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.NoContent);
        answer.Headers.Date = Date;
        answer.Headers.TryAddWithoutValidation("ETag", tag);
        return answer;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Some headers are told to the transport only.
        await Task.Yield();
        var ifMatch = request.Headers.TryGetValues("If-Match", out var values) ? $" If-Match {string.Join(',', values)}" : "";
        requests.Add($"{request.Method} {request.RequestUri!.AbsolutePath}{ifMatch}");
        if (requests.Count > answers.Length)
            throw new InvalidOperationException($"Request {requests.Count} was not expected: {requests[^1]}");
        return answers[requests.Count - 1]();
    }
}
