using FunctionsMonitor.Health;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Storage.Sharing;

/// <summary>Off Azure nobody can see from here whether another machine works on the same account: it runs, and says so until somebody decides.</summary>
internal sealed class MetricsFileHealthCheck(IOptions<InstancesOptions> options) : IHealthCheck
{
    public const string Cause =
        "Segments are in a storage account and the metrics store is a file of this machine: with a second machine on that account, each would flush the "
        + "other's events into its own file. Set PostgreSQL, or FunctionsMonitor:SingleInstance if there is only this one.";

    public string Name => "instances";

    public bool ForReadiness => false;

    public ValueTask<(HealthStatus Status, string? Cause)> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult(
        options.Value.SingleInstance ? (HealthStatus.Healthy, (string?)null) : (HealthStatus.Degraded, Cause));
}
