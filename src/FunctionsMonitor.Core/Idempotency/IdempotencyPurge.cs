using FunctionsMonitor.Events;
using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Idempotency;

/// <summary>Deletes expired keys now and then. What it misses is found expired all the same: this is about room, not about the promise.</summary>
public sealed class IdempotencyPurge(IIdempotencyStore store, TimeProvider time, ILogger<IdempotencyPurge> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);
    private DateTimeOffset next;

    public async ValueTask PurgeIfDueAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now < next)
            return;

        next = now + Interval;
        try
        {
            var purged = await store.PurgeAsync(EventTime.ToMicroseconds(now), cancellationToken).ConfigureAwait(false);
            // At its limit the next tick goes on: else a client steadier than the limit would fill the store for ever.
            if (!purged.IsComplete)
                next = now;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotPurged(logger, exception);
        }
    }
}
