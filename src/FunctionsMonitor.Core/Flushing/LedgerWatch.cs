using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Flushing;

/// <summary>
/// Draws up the books now and then, so that an imbalance is noticed when nobody looks. The instance that flushes does it, for it listed the buffer
/// just now and the others need not. Whoever wants to see them again and again reads them here: however many ask, they are drawn up once at a time,
/// and not before a while has passed.
/// </summary>
/// <param name="ledger">Made at the first drawing: an instance that takes its first event needs no way to the store for it.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of books that do not balance.</param>
public sealed class LedgerWatch(Lazy<LedgerService> ledger, TimeProvider time, ILogger<LedgerWatch> logger) : IDisposable
{
    /// <summary>How old the books may get although nothing seems to have happened.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);

    /// <summary>Between two drawings that readers cause, and after one that failed: both listings and a pass over all rows of segments are no glance.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>One that hangs must not be the last one.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private volatile LedgerReport? last;
    private Task<LedgerReport>? drawing;
    private object? drawnFor;
    private long drawnAt;

    /// <summary>The last books this instance drew up; null before the first time.</summary>
    public LedgerReport? Last => last;

    /// <summary>
    /// The last books; newer ones are drawn up first when something has happened since, at most twice a minute. Whoever has waited as long as he wants
    /// gets the old ones.
    /// </summary>
    /// <param name="seen">What can be seen from outside; as long as it is equal, nothing has happened.</param>
    /// <param name="within">How long newer books may take while there are old ones.</param>
    /// <param name="cancellationToken">Ends the wait, not the drawing.</param>
    /// <exception cref="MetricsStoreUnavailableException">The last attempt failed.</exception>
    public async ValueTask<LedgerReport> ReadAsync(object seen, TimeSpan within, CancellationToken cancellationToken)
    {
        Task<LedgerReport> newest;
        lock (gate)
        {
            var age = time.GetElapsedTime(drawnAt);
            if (drawing is null || drawing.IsCompleted && age >= Pause && (drawing.IsFaulted || !seen.Equals(drawnFor) || age >= Interval))
                Begin(seen);
            newest = drawing!;
        }

        await ((Task)newest).WaitAsync(within, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !newest.IsCompleted && last is { } known ? known : await newest.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks if that was not done lately. Stores that do not answer are no news here; the flush itself says so.</summary>
    public async ValueTask LookAsync(CancellationToken cancellationToken)
    {
        if (last is { } known && time.GetUtcNow() - known.ComputedAt < Interval)
            return;

        Task<LedgerReport> newest;
        lock (gate)
        {
            if (drawing is null or { IsCompleted: true })
                Begin(seen: null);
            newest = drawing!;
        }

        try
        {
            await newest.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.LedgerNotDrawnUp(logger, exception);
        }
    }

    /// <summary>Ends a drawing. Its source is not disposed: the drawing may still be looking at it.</summary>
    public void Dispose() => stopping.Cancel();

    private void Begin(object? seen)
    {
        drawnFor = seen;
        drawnAt = time.GetTimestamp();
        drawing = Task.Run(DrawUpAsync);
    }

    private async Task<LedgerReport> DrawUpAsync()
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping.Token);
        try
        {
            var report = await ledger.Value.ComputeAsync(either.Token).ConfigureAwait(false);
            if (!report.Balanced && last is not { Balanced: false })
                Log.Unbalanced(logger, report.Missing, report.Gaps.Count);
            return last = report;
        }
        catch (OperationCanceledException exception)
        {
            // A cancelled task would say to whoever waits for it that he himself was cancelled.
            throw new TimeoutException($"The books were not drawn up within {Limit.TotalMinutes:0} minutes.", exception);
        }
        finally
        {
            lock (gate)
                drawnAt = time.GetTimestamp();
        }
    }
}
