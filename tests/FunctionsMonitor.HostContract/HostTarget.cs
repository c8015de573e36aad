using System.Net;
using System.Text.Json;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Problems;

namespace FunctionsMonitor.HostContract;

/// <summary>A running host that the table is held against, and what may be asked of it.</summary>
public sealed class HostTarget : IAsyncDisposable
{
    public const string AddressVariable = "FUNCTIONSMONITOR_TEST_BASE_URL";
    public const string KeyVariable = "FUNCTIONSMONITOR_TEST_KEY";
    public const string KeyHeader = "x-functions-key";

    /// <summary>A flush by hand is answered within 200 seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(230);

    private Dictionary<string, string>? flags;

    private HostTarget(Uri address, HostFacts facts)
    {
        Address = address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");
        Facts = facts;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = !Address.IsLoopback })
        {
            BaseAddress = Address,
            Timeout = Patience,
        };
    }

    public Uri Address { get; }

    public HostFacts Facts { get; }

    public HostKeys? Keys => Facts.Keys;

    /// <summary>Asks as it is told: it follows no redirect, keeps no cookie and decompresses nothing.</summary>
    public HttpClient Client { get; }

    /// <summary>Tells the events of this run from those of every other run, and from everybody else's. Every source begins with it.</summary>
    public string Run { get; } = $"host-test-{Guid.NewGuid():N}"[..18];

    /// <summary>What the tests were pointed at; null when they shall start a host themselves.</summary>
    public static Uri? AddressGiven => Environment.GetEnvironmentVariable(AddressVariable) is { Length: > 0 } address ? new Uri(address) : null;

    /// <summary>A host that the tests have started.</summary>
    public static HostTarget Own(Uri address, HostKind kind, HostKeys? keys = null) => new(address, new(kind, keys, IsOwn: true));

    /// <summary>Somebody's host. What routes there is seen from how it answers for what is not there.</summary>
    public static async Task<HostTarget> OfAsync(Uri address)
    {
        var keys = Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } text ? HostKeys.Parse(text) : null;
        await using var stranger = new HostTarget(address, new(HostKind.Functions, keys, IsOwn: false));
        using var nothing = await stranger.Client.GetAsync(new Uri("functionsmonitor/test/nothing", UriKind.Relative));
        var kind = nothing.Content.Headers.ContentType?.MediaType == ProblemResult.ContentType ? HostKind.Local : HostKind.Functions;

        var target = new HostTarget(address, new(kind, keys, IsOwn: false));
        await target.ReadFlagsAsync();
        return target;
    }

    /// <summary>A flag as the host has it, in JSON.</summary>
    public async Task<string?> FlagAsync(string name) => (flags ??= await ReadFlagsAsync()).GetValueOrDefault(name);

    /// <summary>Discards every dead letter that this run has left, so that nobody wonders about them. The events stay until their retention is over.</summary>
    public async ValueTask DisposeAsync()
    {
        if (flags is not null)
            await DiscardDeadLettersAsync();
        Client.Dispose();
    }

    private async Task DiscardDeadLettersAsync()
    {
        var from = TimeProvider.System.GetUtcNow().AddHours(-1).UtcDateTime;
        var page = await ReadAsync($"{Routes.DeadLetters}?type={HostTable.EventType}&from={from:yyyy-MM-ddTHH:mm:ssZ}&limit=1000");
        foreach (var letter in page.GetProperty("items").EnumerateArray())
        {
            if (!letter.GetProperty("source").GetString()!.StartsWith(Run, StringComparison.Ordinal))
                continue;

            using var request = new HttpRequestMessage(HttpMethod.Delete, $"{Routes.DeadLetters}/{letter.GetProperty("id").GetString()}");
            request.Headers.TryAddWithoutValidation(KeyHeader, Keys?.Operate);
            using var response = await Client.SendAsync(request);
        }
    }

    private async Task<Dictionary<string, string>> ReadFlagsAsync()
    {
        var answer = await ReadAsync(Routes.FlagsStatus);
        return flags = answer.GetProperty("flags").EnumerateArray()
            .ToDictionary(flag => flag.GetProperty("name").GetString()!, flag => flag.GetProperty("value").GetRawText());
    }

    private async Task<JsonElement> ReadAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation(KeyHeader, Keys?.Read);
        using var response = await Client.SendAsync(request);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            throw new InvalidOperationException($"{Address} asks for keys; {KeyVariable} must have one that opens everything, or the three.");

        response.EnsureSuccessStatusCode();
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }
}
