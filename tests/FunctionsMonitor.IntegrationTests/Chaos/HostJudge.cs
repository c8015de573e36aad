using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace FunctionsMonitor.IntegrationTests.Chaos;

/// <summary>
/// Judges a running host over HTTP, whatever its stores: every obligation is stored once, nothing unknown is stored, the bytes are equal, the
/// ledger balances, nothing waits, and a fresh event still passes.
/// </summary>
internal static class HostJudge
{
    private static readonly TimeSpan DrainBound = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <param name="http">To the host.</param>
    /// <param name="obligations">What clients sent and what they were promised.</param>
    /// <param name="run">What to find this run by again, such as its seed.</param>
    /// <param name="idOf">What a client knows its events by, where it is in their data; null where it is their id.</param>
    /// <returns>The ledger.</returns>
    public static async Task<JsonElement> JudgeAsync(HttpClient http, Obligations obligations, string run, Func<string, Guid>? idOf = null)
    {
        await DrainAsync(http);
        var faults = obligations.Judge([.. (await ReadAllAsync(http)).Select(item => (idOf?.Invoke(item.Data) ?? item.Id, item.Data))]);
        Assert.True(faults.Count == 0, $"{run}, {obligations.Owed} owed:\n{string.Join('\n', faults.Take(20))}");

        var ledger = await GetAsync(http, "/metrics/ledger");
        Assert.True(ledger.GetProperty("balanced").GetBoolean(), $"{run}: {ledger}");
        Assert.Equal(0, ledger.GetProperty("pending").GetInt64());
        await PassFreshAsync(http);
        return ledger;
    }

    public static async Task PassFreshAsync(HttpClient http)
    {
        var fresh = Guid.NewGuid();
        using var content = new StringContent(
            $$"""{"event_id":"{{fresh}}","event_type":"fresh","timestamp":"{{TimeProvider.System.GetUtcNow():O}}","source":"judge","data":{} }""", Encoding.UTF8, "application/json");
        using var response = await http.PostAsync("/events", content, TestContext.Current.CancellationToken);
        Assert.Equal(202, (int)response.StatusCode);
        await DrainAsync(http);
        Assert.Contains(await ReadAllAsync(http), item => item.Id == fresh);
    }

    /// <summary>Flushes until nothing waits.</summary>
    public static async Task DrainAsync(HttpClient http)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(DrainBound);
        var last = "";
        try
        {
            while (true)
            {
                using var flushed = await http.PostAsync("/metrics/flush", null, bound.Token);
                last = await flushed.Content.ReadAsStringAsync(bound.Token);
                if (flushed.StatusCode != HttpStatusCode.ServiceUnavailable
                    && (await GetAsync(http, "/metrics/ledger")).GetProperty("pending").GetInt64() == 0)
                    return;
                await Task.Delay(Poll, bound.Token);
            }
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested)
        {
            Assert.Fail($"The buffer was not drained. The last flush said: {last}");
        }
    }

    public static async Task<List<(Guid Id, string Data)>> ReadAllAsync(HttpClient http)
    {
        var stored = new List<(Guid, string)>();
        string? cursor = null;
        do
        {
            var page = await GetAsync(http, "/events?limit=1000" + (cursor is null ? "" : $"&cursor={cursor}"));
            foreach (var item in page.GetProperty("items").EnumerateArray())
                stored.Add((item.GetProperty("event_id").GetGuid(), item.GetProperty("data").GetRawText()));
            cursor = page.TryGetProperty("next_cursor", out var next) && next.ValueKind == JsonValueKind.String ? next.GetString() : null;
        }
        while (cursor is not null);

        return stored;
    }

    public static async Task<JsonElement> GetAsync(HttpClient http, string path)
    {
        using var response = await http.GetAsync(path, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {text}");
        return JsonElement.Parse(text);
    }

    /// <summary>A number from the environment, so that a run can be made longer or repeated.</summary>
    public static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
