using System.Collections;

namespace FunctionsMonitor.Flags;

/// <summary>Environment variables (on Azure: app settings). An empty one is not set.</summary>
public sealed class EnvironmentFlagSource(TimeProvider time, Func<IDictionary>? read = null) : IFlagSource
{
    public const string Prefix = "MONITORING_";
    private readonly Func<IDictionary> read = read ?? Environment.GetEnvironmentVariables;

    public string Name => "environment";

    public ValueTask<FlagSourceAnswer> ReadAsync(CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, string>();
        foreach (DictionaryEntry entry in read())
        {
            if (entry is { Key: string key, Value: string { Length: > 0 } value } && key.StartsWith(Prefix, StringComparison.Ordinal))
                values[key] = value;
        }

        return ValueTask.FromResult(new FlagSourceAnswer(values, time.GetUtcNow()));
    }
}
