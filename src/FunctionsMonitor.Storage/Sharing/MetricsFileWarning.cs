using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Storage.Sharing;

/// <summary>Says at start what <see cref="MetricsFileHealthCheck"/> says when it is asked.</summary>
internal sealed class MetricsFileWarning(IOptions<InstancesOptions> options, ILogger<MetricsFileWarning> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.SingleInstance)
            Log.MetricsFileIsNotShared(logger, MetricsFileHealthCheck.Cause);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
