namespace FunctionsMonitor.TestSupport.Flows;

/// <summary>The metrics store that a suite of the flow runs on, new for each test.</summary>
public interface IFlowStore : IAsyncLifetime
{
    /// <summary>The settings that name it; none: SQLite in the monitor's folder.</summary>
    IReadOnlyDictionary<string, string?> Settings { get; }

    /// <summary>What a flush report calls the way in.</summary>
    string WritePath { get; }

    /// <summary>When the monitor's clock begins. A server has a clock of its own, and removes nothing that is not a day old by that.</summary>
    DateTimeOffset Begins { get; }

    /// <summary>Does something to its tables by hand.</summary>
    /// <returns>How many rows it was about.</returns>
    Task<int> ExecuteAsync(string folder, string sql);
}
