using System.Net;
using System.Text.Json;

namespace FunctionsMonitor.LoadTest.Hosts;

/// <summary>Asks a host what it knows; not for load.</summary>
internal sealed class HostClient(IPEndPoint address) : IDisposable
{
    /// <summary>A manual flush answers within 200 s.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(220);
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan DrainBound = TimeSpan.FromMinutes(15);
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://{address}"), Timeout = Timeout };

    /// <exception cref="HttpRequestException">The answer is no success.</exception>
    public async Task<byte[]> GetBytesAsync(string path, CancellationToken cancellationToken) =>
        await http.GetByteArrayAsync(new Uri(path, UriKind.Relative), cancellationToken);

    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) =>
        JsonElement.Parse(await GetBytesAsync(path, cancellationToken));

    public Task<JsonElement> LedgerAsync(CancellationToken cancellationToken) => GetAsync("/metrics/ledger", cancellationToken);

    /// <summary>Flushes until nothing waits, and answers the books.</summary>
    /// <exception cref="InvalidOperationException">Something still waits after a quarter of an hour.</exception>
    public async Task<JsonElement> DrainAsync(CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(DrainBound);
        var last = "nothing";
        try
        {
            while (true)
            {
                // 409 while the timer's own flush runs.
                using var flushed = await http.PostAsync(new Uri("/metrics/flush", UriKind.Relative), null, bound.Token);
                last = await flushed.Content.ReadAsStringAsync(bound.Token);
                if (await LedgerAsync(bound.Token) is var ledger && ledger.GetProperty("pending").GetInt64() == 0)
                    return ledger;
                await Task.Delay(DrainPoll, bound.Token);
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"The buffer was not drained. The last flush said: {last}", exception);
        }
    }

    public void Dispose() => http.Dispose();
}
