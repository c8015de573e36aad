using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace FunctionsMonitor.IntegrationTests.Chaos;

/// <summary>What the chaos tests ask of a running host.</summary>
internal static class ChaosHost
{
    public static async Task DrainAsync(HttpClient http)
    {
        for (var i = 0; i < 200; i++)
        {
            using var flushed = await http.PostAsync("/metrics/flush", null, TestContext.Current.CancellationToken);
            using var ledger = await GetAsync(http, "/metrics/ledger");
            if (ledger.RootElement.GetProperty("pending").GetInt64() == 0)
                return;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Fail("The buffer was not drained.");
    }

    public static async Task<List<(Guid Id, string Data)>> ReadAllAsync(HttpClient http)
    {
        var stored = new List<(Guid, string)>();
        string? cursor = null;
        do
        {
            using var page = await GetAsync(http, "/events?limit=1000" + (cursor is null ? "" : $"&cursor={cursor}"));
            foreach (var item in page.RootElement.GetProperty("items").EnumerateArray())
                stored.Add((item.GetProperty("event_id").GetGuid(), item.GetProperty("data").GetRawText()));
            cursor = page.RootElement.TryGetProperty("next_cursor", out var next) && next.ValueKind == JsonValueKind.String ? next.GetString() : null;
        }
        while (cursor is not null);

        return stored;
    }

    public static async Task<JsonDocument> GetAsync(HttpClient http, string path)
    {
        using var response = await http.GetAsync(path, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {text}");
        return JsonDocument.Parse(text);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
