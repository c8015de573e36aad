using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsMonitor.TestSupport.Flows;

/// <summary>A suite that goes the whole way of an event, from the request to the books, whatever the metrics store is.</summary>
public abstract class FlowContract
{
    /// <summary>The settings that name the store; none: SQLite in the monitor's folder.</summary>
    protected abstract IReadOnlyDictionary<string, string?> Store { get; }

    /// <summary>What a flush report calls the way in.</summary>
    protected abstract string WritePath { get; }

    /// <summary>Does something to the tables by hand.</summary>
    /// <returns>How many rows it was about.</returns>
    protected abstract Task<int> ExecuteAsync(string folder, string sql);

    /// <summary>When the monitor's clock begins. A server has a clock of its own, and removes nothing that is not a day old by that.</summary>
    protected virtual DateTimeOffset Begins { get; } = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The core on that store.</summary>
    private protected TestMonitor Start(
        string? folder = null, Action<IServiceCollection>? configure = null, Dictionary<string, string?>? settings = null, FakeTimeProvider? time = null) =>
        new(folder, configure, new(Store.Concat(settings ?? [])), time ?? new FakeTimeProvider(Begins));
}
