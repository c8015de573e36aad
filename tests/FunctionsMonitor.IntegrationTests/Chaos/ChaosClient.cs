using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace FunctionsMonitor.IntegrationTests.Chaos;

/// <summary>Posts events until told to stop, as a client does that wants none lost: what was not answered is sent again, as it was.</summary>
internal sealed class ChaosClient(HttpClient http, Obligations obligations, int seed)
{
    /// <summary>JSON that a store which parses and writes anew would change: duplicate keys, white space, escapes, number formats.</summary>
    private static readonly string[] Shapes =
    [
        """{"n":§}""", """{ "n" : § , "n" : 1.50e+2 }""", """{"text":"\u0000\u00e9 é \ud83d\ude42","n":§}""", """{"nested":{"b":[1, 2,{"c":null}],"a":§}}""",
    ];

    /// <summary>A pause for who waits for the end of a flush: that comes when nothing is left, which on a busy machine clients without a pause see to.</summary>
    public static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(30);

    private readonly Random random = new(seed);

    /// <summary>Between two requests.</summary>
    public TimeSpan Pause { get; init; }

    public async Task RunAsync(CancellationToken stop)
    {
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var ids = Enumerable.Range(0, random.Next(1, 20)).Select(_ => NewId()).ToList();
            var body = string.Join('\n', ids.Select((id, i) => Write(id, (number * 100) + i)));
            await Task.Delay(Pause, CancellationToken.None);
            for (int attempt = 0, reached = 0; !stop.IsCancellationRequested; attempt++)
            {
                var fate = await PostAsync(body, stop);
                if (fate != Fate.NotSent && reached++ > 0)
                    obligations.SendAgain(ids.Count);
                if (fate == Fate.Accepted)
                {
                    obligations.Owe(ids);
                    break;
                }

                // A client that gives up leaves events that may be stored or not; one that goes on sends the same again.
                if (attempt == 3 && random.Next(2) == 0)
                    break;
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    private async Task<Fate> PostAsync(string body, CancellationToken stop)
    {
        try
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            using var response = await http.PostAsync("/events", content, stop);
            return response.IsSuccessStatusCode ? Fate.Accepted : Fate.Unknown;
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return Fate.NotSent;
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or OperationCanceledException or IOException)
        {
            return Fate.Unknown;
        }
    }

    private string Write(Guid id, int number)
    {
        var data = Shapes[random.Next(Shapes.Length)].Replace("§", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        obligations.Send(id, data);
        return $$"""{"event_id":"{{id}}","event_type":"chaos.{{random.Next(3)}}","timestamp":"{{TimeProvider.System.GetUtcNow():O}}","source":"client-{{seed}}","data":{{data}}}""";
    }

    private Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private enum Fate
    {
        Accepted,

        /// <summary>It may be stored or not.</summary>
        Unknown,

        /// <summary>There was nobody to send it to.</summary>
        NotSent,
    }
}
