using FunctionsMonitor.Buffering;
using FunctionsMonitor.Local.Access;

namespace FunctionsMonitor.Local.Startup;

/// <summary>Says where the host is and what to try, once it is; and what it leaves behind when it stops.</summary>
internal sealed class Announcer(
    LocalSettings settings, OwnAddress address, KeyRing keys, BufferDepthMonitor depth, TimeProvider time, ILogger<Announcer> logger)
    : IHostedLifecycleService
{
    private long stopping;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var url = address.ForThisMachine.ToString().TrimEnd('/');
        Log.Listening(logger, address.AsBound, settings.DataPath, HelpText.Version);
        if (keys.IsNeeded)
            Log.KeysNeeded(logger);
        if (settings.Addresses.Any(bound => !bound.IsLoopback))
            Log.NotEncrypted(logger);
        Log.TrySending(logger, url);
        Log.TryFlushing(logger, url);
        Log.TryReading(logger, url);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        stopping = time.GetTimestamp();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After everything else has stopped: what was being collected is committed, and a running flush has ended.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        try
        {
            var left = await depth.MeasureAsync(cancellationToken).ConfigureAwait(false);
            Log.Stopped(logger, time.GetElapsedTime(stopping).TotalSeconds, left.Events, left.Segments, settings.DataPath);
        }
        catch (Exception exception)
        {
            // Only the figures are missing; the events are where they were.
            Log.StoppedUncounted(logger, exception, settings.DataPath);
        }
    }
}
