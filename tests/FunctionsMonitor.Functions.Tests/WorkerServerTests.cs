using System.Net;
using FunctionsMonitor.Functions.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Functions.Tests;

/// <summary>What Kestrel makes of our functions, over a real socket, as the host's proxy would meet it.</summary>
public sealed class WorkerServerTests
{
    [Fact]
    public async Task A_body_over_the_limit_of_Kestrel_still_gets_the_answer_of_the_endpoint()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.LeaveBodySizeToEndpoints();
        await using var app = builder.Build();
        app.Run(context => HttpFunction.RunAsync(context, Refuse, CancellationToken.None));
        await app.StartAsync(TestContext.Current.CancellationToken);

        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        using var body = new ByteArrayContent(new byte[40_000_000]);
        using var answer = await client.PostAsync(new Uri(app.Urls.Single()), body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);

        static Task<IResult> Refuse(HttpContext context) => Task.FromResult<IResult>(TypedResults.StatusCode(StatusCodes.Status413PayloadTooLarge));
    }
}
