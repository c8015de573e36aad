using System.Net;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace DurableCircuitBreaker.Tests.Docs;

/// <summary>The example of the package's README, so that it compiles and runs; a test holds the two together.</summary>
public sealed class ReadmeExample
{
    private readonly List<string> logged = [];

    [Fact]
    public async Task The_readmes_example_does_what_it_says()
    {
        using var folder = new TemporaryFolder();
        using var handler = new SickServer();
        using var client = new HttpClient(handler) { BaseAddress = new Uri("http://orders.invalid") };
        for (var life = 1; life <= 5; life++)
            Assert.Equal(HttpStatusCode.InternalServerError, await RunAsync(folder.Path, client, TestContext.Current.CancellationToken));

        // Five lives with one call each: the sixth finds it open.
        await Assert.ThrowsAsync<BrokenCircuitException>(() => RunAsync(folder.Path, client, TestContext.Current.CancellationToken));
        Assert.Equal("orders-api is open: handled result", logged[0]);
        Assert.Equal(5, handler.Calls);
    }

    // The README says "state" where the test has a folder of its own.
    private async Task<HttpStatusCode> RunAsync(string folder, HttpClient client, CancellationToken cancellationToken)
    {
        // <readme>
        IBreakerStateStore store = new FileBreakerStateStore(folder);
        var control = new DurableCircuitBreakerControl();

        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is HttpRequestException or TimeoutRejectedException),
            })
            .AddDurableCircuitBreaker(new DurableCircuitBreakerStrategyOptions<HttpResponseMessage>
            {
                BreakerName = "orders-api",
                Store = store,
                Control = control,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome is { Exception: not null } or { Result.StatusCode: >= HttpStatusCode.InternalServerError }),
                OnOpened = args => Log($"{args.BreakerName} is open: {args.Cause}"),
            })
            .AddTimeout(TimeSpan.FromSeconds(5))
            .Build();

        using var response = await pipeline.ExecuteAsync(async token => await client.GetAsync("orders", token), cancellationToken);
        await control.PersistAsync(cancellationToken); // At the end of a short life: failures so far count in the next one.
        // </readme>
        return response.StatusCode;
    }

    private ValueTask Log(string text)
    {
        logged.Add(text);
        return ValueTask.CompletedTask;
    }

    private sealed class SickServer : HttpMessageHandler
    {
        public int Calls { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Calls++;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.InternalServerError));
        }
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("breaker-readme-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
