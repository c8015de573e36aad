using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using FunctionsMonitor.LoadTest.Bodies;
using FunctionsMonitor.LoadTest.Engine;

namespace FunctionsMonitor.Tests.Load;

/// <summary>Against a server that answers as it is told. What is asserted are counts; none of them depends on how fast anything is.</summary>
public sealed class LoadRunTests : IDisposable
{
    private static readonly LoadPlan Plan = new()
    {
        Connections = 1,
        WarmUp = TimeSpan.Zero,
        Duration = TimeSpan.FromMilliseconds(300),
        Patience = TimeSpan.FromMilliseconds(50),
    };

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();

    public LoadRunTests() => listener.Start();

    [Fact]
    public async Task Requests_that_a_stalled_server_kept_from_being_sent_count_with_their_wait()
    {
        Serve(_ => null);
        var answers = new Answers();

        var figures = await RunAsync(Plan with { Rate = 100 }, answers);

        // One was sent; those that were due after it had no connection to go on.
        Assert.Equal((30, 30), (figures.Unanswered + figures.Unsent, figures.Latencies.Count));
        Assert.True(figures.Unsent >= 29);
        Assert.True(figures.Latencies.Milliseconds(0) >= Plan.Patience.TotalMilliseconds);
        Assert.All(answers.Noted, noted => Assert.Equal((0, RequestOutcome.Unknown), noted));
    }

    [Fact]
    public async Task Every_request_is_told_of_once_whatever_became_of_it()
    {
        // In turn: taken, refused, taken but not as it should be, and the connection broken.
        Serve(number => (number % 4) switch
        {
            0 => "HTTP/1.1 202 Accepted\r\nContent-Length: 28\r\n\r\n{\"accepted\":2,\"rejected\":0,}",
            1 => "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n",
            2 => "HTTP/1.1 202 Accepted\r\nContent-Length: 28\r\n\r\n{\"accepted\":1,\"rejected\":1,}",
            _ => "",
        });
        var answers = new Answers();

        var figures = await RunAsync(Plan with { Rate = 100, Patience = TimeSpan.FromSeconds(30) }, answers);

        // What a busy machine kept from being sent at all is counted apart.
        var sent = answers.Noted.Count;
        Assert.Equal(30, sent + figures.Unsent);
        Assert.Equal(Enumerable.Range(0, sent).Select(i => (i * 2L, Outcome(i))), answers.Noted.OrderBy(one => one.First));
        Assert.Equal(sent / 4, figures.Broken);
        Assert.All(figures.Refusals.Keys, status => Assert.Equal(429, status));

        static RequestOutcome Outcome(int number) => (number % 4) switch
        {
            0 => RequestOutcome.Acknowledged,
            3 => RequestOutcome.Unknown,
            _ => RequestOutcome.Refused,
        };
    }

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        stop.Dispose();
    }

    private Task<LoadFigures> RunAsync(LoadPlan plan, Answers answers) => LoadRun.RunAsync(
        (IPEndPoint)listener.LocalEndpoint, new EventRequests("/events", BodyFormat.NdJson, events: 2, withInvalid: false, TimeProvider.System), plan, answers,
        cancellationToken: TestContext.Current.CancellationToken);

    /// <param name="answer">To a request by its number over all connections: null for none, empty to break the connection.</param>
    private void Serve(Func<int, string?> answer) => Task.Run(async () =>
    {
        var number = 0;
        while (!stop.IsCancellationRequested)
        {
            using var client = await listener.AcceptTcpClientAsync(stop.Token);
            using var reader = new StreamReader(client.GetStream());
            using var writer = new StreamWriter(client.GetStream());
            while (await ReadRequestAsync(reader, stop.Token) && answer(number++) is not "" and var text)
            {
                await writer.WriteAsync(text);
                await writer.FlushAsync(stop.Token);
            }
        }
    });

    private static async Task<bool> ReadRequestAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            // The second of the two events is the last line.
            if (line.Contains("\"mem\"", StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    private sealed class Answers : IAnswers
    {
        public ConcurrentQueue<(long First, RequestOutcome Outcome)> Noted { get; } = [];

        public void Note(long first, int count, RequestOutcome outcome) => Noted.Enqueue((first, outcome));
    }
}
