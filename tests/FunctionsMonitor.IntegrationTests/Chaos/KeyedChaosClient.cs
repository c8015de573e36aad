using System.Net.Http.Headers;
using System.Text;

namespace FunctionsMonitor.IntegrationTests.Chaos;

/// <summary>
/// Posts events that have neither an id nor a time, under an idempotency key each request, and sends what was not answered again, byte for byte.
/// What tells them apart is in their data.
/// </summary>
internal sealed class KeyedChaosClient(HttpClient http, Obligations obligations, int seed)
{
    private readonly Random random = new(seed);

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var marks = Enumerable.Range(0, random.Next(1, 10)).Select(_ => Guid.NewGuid()).ToList();
            foreach (var mark in marks)
                obligations.Send(mark, Data(mark));
            var body = string.Join('\n', marks.Select(mark => $$"""{"event_type":"keyed","source":"client-{{seed}}","data":{{Data(mark)}}}"""));
            var key = $"{seed}-{marks[0]}";
            while (!stop.IsCancellationRequested)
            {
                if (await PostAsync(key, body, stop))
                {
                    obligations.Owe(marks);
                    // A client whose answer was lost on its way does not know that it was answered.
                    if (random.Next(4) == 0)
                        await PostAsync(key, body, stop);
                    break;
                }

                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    private static string Data(Guid mark) => $$"""{"mark":"{{mark}}"}""";

    private async Task<bool> PostAsync(string key, string body, CancellationToken stop)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/events") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            request.Headers.Add("Idempotency-Key", key);
            using var response = await http.SendAsync(request, stop);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            return false;
        }
    }
}
