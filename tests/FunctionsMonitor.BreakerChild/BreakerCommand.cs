using System.Globalization;
using DurableCircuitBreaker;
using FunctionsMonitor.Storage.Azure;
using Polly;
using Polly.CircuitBreaker;

namespace FunctionsMonitor.BreakerChild;

/// <summary>
/// One instance of an app: a pipeline with a durable breaker around calls of a resource. Each line of standard input is <c>number command</c>,
/// done at once beside those before, and answered by a line <c>number answer</c>.
/// </summary>
internal sealed class BreakerCommand : IDisposable
{
    private static readonly Uri Resource = new("/", UriKind.Relative);
    private readonly DurableCircuitBreakerControl control = new();
    private readonly HttpClient http;
    private readonly ResiliencePipeline pipeline;

    private BreakerCommand(Dictionary<string, string> settings)
    {
        http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(settings["resource"]) };
        http.DefaultRequestHeaders.Add("x-host", settings["host"]);
        pipeline = new ResiliencePipelineBuilder().AddDurableCircuitBreaker(new DurableCircuitBreakerStrategyOptions
        {
            BreakerName = "resource",
            Store = Store(settings),
            HostId = settings["host"],
            FailureThreshold = int.Parse(settings["failures"], CultureInfo.InvariantCulture),
            SuccessThreshold = int.Parse(settings["successes"], CultureInfo.InvariantCulture),
            BreakDuration = Seconds(settings["break"]),
            ProbeLease = Seconds(settings["lease"]),
            VoteWindow = Seconds(settings["break"]) + Seconds(settings["lease"]),
            RefreshInterval = Seconds(settings["refresh"]),
            // A busy machine's store is slow, and these tests are about what it says and not about how long a call waits for it.
            ColdReadTimeout = TimeSpan.FromSeconds(10),
            StoreTimeout = TimeSpan.FromSeconds(10),
            Control = control,
        }).Build();
    }

    /// <param name="arguments">Each <c>name=value</c>. The store's whereabouts are in the environment, because a key may be among them.</param>
    public static async Task RunAsync(string[] arguments)
    {
        using var command = new BreakerCommand(arguments.Select(argument => argument.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]));
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is { } line)
            _ = command.AnswerAsync(line.Split(' ', 2));
    }

    public void Dispose() => http.Dispose();

    private static IBreakerStateStore Store(Dictionary<string, string> settings)
    {
        var where = Environment.GetEnvironmentVariable("BREAKER_STORE")!;
        return settings["store"] == "file"
            ? new FileBreakerStateStore(where)
            : new AzureTableBreakerStateStore(new AzureTableOptions { ConnectionString = where, TableName = settings["store"] });
    }

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));

    private async Task AnswerAsync(string[] line)
    {
        string answer;
        try
        {
            answer = line[1] switch
            {
                "call" => await CallAsync(),
                "state" => State(await control.ReadAsync()),
                "isolate" => await SteerAsync(control.IsolateAsync()),
                "reset" => await SteerAsync(control.ResetAsync()),
                _ => throw new ArgumentException($"'{line[1]}' is no command."),
            };
        }
        catch (Exception exception)
        {
            // The test shall see it, and not wait for an answer.
            answer = $"error {exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}";
        }

        Console.WriteLine($"{line[0]} {answer}");
    }

    private async Task<string> CallAsync()
    {
        try
        {
            await pipeline.ExecuteAsync(async token =>
            {
                using var response = await http.GetAsync(Resource, token);
                response.EnsureSuccessStatusCode();
            });
            return "passed";
        }
        catch (IsolatedCircuitException)
        {
            return "isolated";
        }
        catch (BrokenCircuitException exception)
        {
            return exception.RetryAfter is { } wait && wait >= TimeSpan.Zero ? "rejected" : $"rejected with {exception.RetryAfter}";
        }
        catch (HttpRequestException)
        {
            return "failed";
        }
    }

    private static async Task<string> SteerAsync(Task steering)
    {
        await steering;
        return "done";
    }

    private static string State(BreakerSnapshot now) => string.Create(CultureInfo.InvariantCulture, $"{now.State} {now.Store} {now.Epoch} {now.LateResults}");
}
