using System.Net;
using System.Text;
using System.Text.Json;

namespace FunctionsMonitor.IntegrationTests.Support;

/// <summary>The requests that most tests of a running host need.</summary>
public static class HostCalls
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    public static async Task<(HttpStatusCode Status, JsonElement Body)> PostEventsAsync(
        this HttpClient client, string body, string contentType = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8, contentType);
        using var response = await client.PostAsync(new Uri("/events", UriKind.Relative), content);
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }

    /// <summary>Flushes until nothing is left; the last report.</summary>
    public static async Task<JsonElement> FlushAsync(this HttpClient client)
    {
        while (true)
        {
            using var response = await client.PostAsync(new Uri("/metrics/flush", UriKind.Relative), null);
            if (response.StatusCode == HttpStatusCode.Conflict)
            {
                // The timer's own flush is at it.
                await Task.Delay(PollInterval);
                continue;
            }

            response.EnsureSuccessStatusCode();
            return JsonElement.Parse(await response.Content.ReadAsStringAsync());
        }
    }

    public static async Task<JsonElement> GetJsonAsync(this HttpClient client, string path) =>
        JsonElement.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative)));

    /// <summary>Totals by event type, over all that is kept.</summary>
    public static async Task<Dictionary<string, long>> TotalsAsync(this HttpClient client, DateTimeOffset from)
    {
        var answer = await client.GetJsonAsync($"/metrics/validation?from={from.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}");
        return answer.GetProperty("types").EnumerateArray()
            .ToDictionary(type => type.GetProperty("event_type").GetString()!, type => type.GetProperty("total").GetInt64());
    }

    /// <summary>Asks again until the answer will do, for at most <paramref name="timeout"/>; the last answer either way.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> isEnough, TimeSpan timeout)
    {
        using var end = new CancellationTokenSource(timeout);
        while (true)
        {
            var answer = await ask();
            if (isEnough(answer) || end.IsCancellationRequested)
                return answer;
            await Task.Delay(PollInterval);
        }
    }
}
