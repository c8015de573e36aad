using FunctionsMonitor.Flags;

namespace FunctionsMonitor.Health;

/// <summary>Do the flags fit together, and could every value be used?</summary>
internal sealed class FlagsHealthCheck(FlagManager flags) : IHealthCheck
{
    public string Name => "flags";

    public bool ForReadiness => false;

    public ValueTask<(HealthStatus, string?)> CheckAsync(CancellationToken cancellationToken)
    {
        var problems = flags.Current.Problems;
        return ValueTask.FromResult<(HealthStatus, string?)>(
            problems.Count == 0 ? (HealthStatus.Healthy, null) : (HealthStatus.Degraded, string.Join(" ", problems)));
    }
}
