using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Flags;

/// <summary>Refreshes the flags of this instance; a timer trigger would reach only one of them.</summary>
internal sealed class FlagRefreshService(FlagManager flags, IOptions<FlagOptions> options, TimeProvider time, ILogger<FlagRefreshService> logger)
    : BackgroundService
{
    /// <summary>The first read is awaited: no request is judged by defaults that a source would have changed.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await flags.RefreshAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RefreshInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await flags.RefreshAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.RefreshFailed(logger, exception);
            }
        }
    }
}
