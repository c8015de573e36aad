using Microsoft.Extensions.Configuration;

namespace FunctionsMonitor.Flags;

/// <summary>A section of a configuration file, a member a flag.</summary>
public sealed class ConfigurationFlagSource(IConfiguration section, TimeProvider time) : IFlagSource
{
    public const string Section = "Flags";

    public string Name => "file";

    public ValueTask<FlagSourceAnswer> ReadAsync(CancellationToken cancellationToken)
    {
        var values = section.GetChildren()
            .Where(child => child.Value is not null && child.Key.StartsWith(EnvironmentFlagSource.Prefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(child => child.Key.ToUpperInvariant(), child => child.Value!);
        return ValueTask.FromResult(new FlagSourceAnswer(values, time.GetUtcNow()));
    }
}
