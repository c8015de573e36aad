namespace FunctionsMonitor.Health;

/// <summary>Remembers since when each check is as it is. Nobody looks between two questions: a time is that of the question that first saw it.</summary>
internal sealed class HealthHistory(TimeProvider time)
{
    /// <summary>No check has these names.</summary>
    public const string OfAll = "*";
    public const string OfReadiness = "*ready";

    private readonly Lock gate = new();
    private readonly Dictionary<string, (HealthStatus Status, DateTimeOffset Since)> last = new(StringComparer.Ordinal);

    /// <returns>Since when this status was found every time.</returns>
    public DateTimeOffset Note(string name, HealthStatus status)
    {
        lock (gate)
        {
            if (!last.TryGetValue(name, out var before) || before.Status != status)
                last[name] = before = (status, time.GetUtcNow());
            return before.Since;
        }
    }
}
