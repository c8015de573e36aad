using System.Text.Json;

namespace FunctionsMonitor.IntegrationTests.Chaos;

/// <summary>
/// As <see cref="SigkillTests"/>, with clients that leave identity to the server and rely on their idempotency keys: without those, every answer
/// lost to a kill is an event stored twice.
/// </summary>
public sealed class KeyedSigkillTests
{
    private const int DefaultRounds = 15;

    [Fact]
    public Task Events_without_an_id_are_stored_once_whenever_the_process_is_killed() => SigkillRun.RunAsync(
        DefaultRounds,
        [],
        static (http, obligations, seed, stop) => new KeyedChaosClient(http, obligations, seed).RunAsync(stop),
        static (http, obligations, _, run) => HostJudge.JudgeAsync(http, obligations, run, MarkOf));

    private static Guid MarkOf(string data)
    {
        using var document = JsonDocument.Parse(data);
        return document.RootElement.GetProperty("mark").GetGuid();
    }
}
