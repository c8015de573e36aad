using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Problems;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace FunctionsMonitor.Tests.Http.Endpoints;

public sealed class EndpointInvokerTests
{
    [Fact]
    public async Task A_sender_that_left_is_no_failure_whether_the_token_or_the_read_says_so_first()
    {
        var (context, log) = NewContext();
        foreach (var departure in (Exception[])[new ConnectionResetException("reset"), new ConnectionAbortedException("aborted")])
            Assert.Equal(EndpointInvoker.ClientClosedRequest, await StatusAsync(context, departure));
        context.RequestAborted = new CancellationToken(canceled: true);
        Assert.Equal(EndpointInvoker.ClientClosedRequest, await StatusAsync(context, new IOException("anything")));
        Assert.Empty(log.GetSnapshot());
    }

    [Fact]
    public async Task What_nobody_foresaw_is_a_500_that_tells_the_log_everything_and_the_client_where_to_look()
    {
        var (context, log) = NewContext();
        var result = Assert.IsType<ProblemResult>(
            await EndpointInvoker.InvokeAsync(context, _ => throw new InvalidOperationException("secret insides")));

        Assert.Equal((500, ProblemTypes.Internal.Uri), (result.StatusCode, result.Value!.Type));
        Assert.DoesNotContain("secret insides", $"{result.Value}", StringComparison.Ordinal);
        var entry = Assert.Single(log.GetSnapshot());
        Assert.Equal((LogLevel.Error, "secret insides"), (entry.Level, entry.Exception?.Message));
        Assert.Contains(result.Value.TraceId!, entry.Message, StringComparison.Ordinal);
    }

    private static async Task<int?> StatusAsync(HttpContext context, Exception exception) =>
        Assert.IsAssignableFrom<IStatusCodeHttpResult>(await EndpointInvoker.InvokeAsync(context, _ => throw exception)).StatusCode;

    private static (DefaultHttpContext Context, FakeLogCollector Log) NewContext()
    {
        var services = new ServiceCollection().AddLogging(builder => builder.AddFakeLogging()).BuildServiceProvider();
        return (new DefaultHttpContext { RequestServices = services }, services.GetFakeLogCollector());
    }
}
