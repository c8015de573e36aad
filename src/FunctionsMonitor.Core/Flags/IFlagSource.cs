namespace FunctionsMonitor.Flags;

/// <summary>Where flags come from. Sources are asked in the order in which they are registered; the first that has a usable value wins.</summary>
public interface IFlagSource
{
    string Name { get; }

    /// <summary>The raw texts it has now, by flag name.</summary>
    ValueTask<FlagSourceAnswer> ReadAsync(CancellationToken cancellationToken);
}
