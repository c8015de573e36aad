using FunctionsMonitor.Tests.Support;

namespace FunctionsMonitor.Tests.Flushing;

public sealed class EventFlowTests : EventFlowContract
{
    protected override IReadOnlyDictionary<string, string?> Store { get; } = new Dictionary<string, string?>();

    protected override string WritePath => "sqlite";

    protected override Task<int> ExecuteAsync(string folder, string sql) => Task.FromResult(SqliteByHand.Execute(folder, sql));
}
