using FunctionsMonitor.Tests.Support;

namespace FunctionsMonitor.Tests.Flushing;

public sealed class CrashPointTests : CrashPointContract
{
    protected override IReadOnlyDictionary<string, string?> Store { get; } = new Dictionary<string, string?>();

    protected override string WritePath => "sqlite";

    protected override Task<int> DeleteEventsAsync(string folder) => Task.FromResult(SqliteByHand.DeleteEvents(folder));
}
