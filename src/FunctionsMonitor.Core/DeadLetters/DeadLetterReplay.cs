using FunctionsMonitor.Flushing;
using FunctionsMonitor.Resilience;

namespace FunctionsMonitor.DeadLetters;

/// <summary>
/// One replay by filter: oldest first, not faster than asked, and not while the metrics store is left alone. Each dead letter is marked once it is
/// durable in the buffer, so that a replay that ends anywhere, also with its process, is gone on with by calling again.
/// </summary>
internal sealed class DeadLetterReplay : IDisposable
{
    /// <summary>Gateways on Azure give up after 230 seconds; the answer must be there before.</summary>
    public static readonly TimeSpan TimeBudget = TimeSpan.FromSeconds(200);

    private const int PageSize = 100;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private readonly DeadLetterFilter filter;
    private readonly ReplayOptions options;
    private readonly MetricsReader store;
    private readonly MonitorPipeline metricsStore;
    private readonly Func<DeadLetter, CancellationToken, ValueTask<ReplayResult>> replayOne;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource cancelled = new();
    private readonly long startedTimestamp;
    private volatile ReplayProgress progress;

    /// <param name="filter">Which; those already replayed only if it asks for them.</param>
    /// <param name="options">How many and how fast.</param>
    /// <param name="target">The filter in words.</param>
    /// <param name="store">Where the dead letters are.</param>
    /// <param name="metricsStore">The pipeline of the flush, which must take what is put back.</param>
    /// <param name="replayOne">Puts one back and marks it.</param>
    /// <param name="time">The clock.</param>
    public DeadLetterReplay(
        DeadLetterFilter filter, ReplayOptions options, string target, MetricsReader store, MonitorPipeline metricsStore,
        Func<DeadLetter, CancellationToken, ValueTask<ReplayResult>> replayOne, TimeProvider time)
    {
        this.filter = filter with { Replayed = filter.Replayed ?? false };
        this.options = options;
        this.store = store;
        this.metricsStore = metricsStore;
        this.replayOne = replayOne;
        this.time = time;
        startedTimestamp = time.GetTimestamp();
        var now = time.GetUtcNow();
        progress = new() { Id = Guid.CreateVersion7(now), Target = target, State = ReplayState.Running, StartedAt = now, Options = options };
    }

    public ReplayProgress Progress => progress;

    /// <summary>Ends it before the next dead letter.</summary>
    public void Cancel() => _ = cancelled.CancelAsync();

    public void Dispose() => cancelled.Dispose();

    public async ValueTask<ReplayReport> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var byReason = await store.CountByReasonAsync(filter, cancellationToken).ConfigureAwait(false);
            progress = progress with { Matched = byReason.Values.Sum() };
            var stop = options.DryRun ? null : await ReplayPagesAsync(cancellationToken).ConfigureAwait(false);
            End(stop is null ? ReplayState.Completed : ReplayState.Stopped, stop is null ? null : Describe(stop.Value));
            var (matched, replayed, refused) = (progress.Matched, progress.Replayed, progress.Refused);
            return new ReplayReport(options.DryRun, matched, byReason, replayed, refused, Math.Max(0, matched - replayed - refused)) { StoppedBy = stop };
        }
        catch (Exception exception)
        {
            End(ReplayState.Failed, exception is OperationCanceledException ? "The caller left." : exception.Message);
            throw;
        }
    }

    private async ValueTask<ReplayStop?> ReplayPagesAsync(CancellationToken cancellationToken)
    {
        var done = 0;
        DeadLetterId? after = null;
        while (done < options.Limit)
        {
            var limit = Math.Min(PageSize, options.Limit - done);
            var page = await store.ListAsync(filter, after, limit, cancellationToken).ConfigureAwait(false);
            foreach (var letter in page)
            {
                if (await WaitForTurnAsync(done, cancellationToken).ConfigureAwait(false) is { } stop)
                    return stop;

                var result = await replayOne(letter, cancellationToken).ConfigureAwait(false);
                done++;
                after = letter.Id;
                progress = result.Replayed ? progress with { Replayed = progress.Replayed + 1 } : progress with { Refused = progress.Refused + 1 };
            }

            if (page.Count < limit)
                break;
        }

        return null;
    }

    /// <summary>Returns when the next one may go, or says why none may any more.</summary>
    private async ValueTask<ReplayStop?> WaitForTurnAsync(int done, CancellationToken cancellationToken)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, cancelled.Token);
        try
        {
            ends.Token.ThrowIfCancellationRequested();
            var due = TimeSpan.FromSeconds((double)done / options.RatePerSecond) - time.GetElapsedTime(startedTimestamp);
            if (due > TimeSpan.Zero)
                await Task.Delay(due, time, ends.Token).ConfigureAwait(false);

            while (await IsLeftAloneAsync(ends.Token).ConfigureAwait(false))
            {
                if (time.GetElapsedTime(startedTimestamp) >= TimeBudget)
                    return ReplayStop.Breaker;

                progress = progress with { State = ReplayState.Waiting, Cause = $"The breaker {MetricsPersister.PipelineName} is not closed." };
                await Task.Delay(LookAgain, time, ends.Token).ConfigureAwait(false);
            }

            progress = progress with { State = ReplayState.Running, Cause = null };
            return time.GetElapsedTime(startedTimestamp) < TimeBudget ? null : ReplayStop.Time;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ReplayStop.Cancelled;
        }
    }

    /// <summary>Not only while it rejects: after a break it is up to one flush to find out, and not to everything that is put back meanwhile.</summary>
    private async ValueTask<bool> IsLeftAloneAsync(CancellationToken cancellationToken)
    {
        await metricsStore.RefreshBreakerAsync(cancellationToken).ConfigureAwait(false);
        return !metricsStore.Breaker.IsPassing;
    }

    private void End(ReplayState state, string? cause) => progress = progress with { State = state, EndedAt = time.GetUtcNow(), Cause = cause };

    private static string Describe(ReplayStop stop) => stop switch
    {
        ReplayStop.Cancelled => "An operator cancelled it.",
        ReplayStop.Breaker => $"The breaker {MetricsPersister.PipelineName} did not close within {TimeBudget}.",
        _ => $"The time of {TimeBudget} was used up.",
    };
}
