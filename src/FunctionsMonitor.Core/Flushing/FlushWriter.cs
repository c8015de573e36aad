using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using FunctionsMonitor.Resilience;
using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace FunctionsMonitor.Flushing;

/// <summary>Writes one batch by the first write path that is open. One that was found closed is left alone until the next flush tries it anew.</summary>
internal sealed class FlushWriter(
    IMetricsStore store, MonitorPipeline pipeline, RetentionOptions retention, TimeProvider time, ILogger<MetricsPersister> logger)
{
    /// <param name="run">The flush.</param>
    /// <param name="decoded">The segments of one transaction.</param>
    /// <param name="unhurried">Without the pipeline's time limits and retries: it may take what is left of the flush's time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="Exception">Whatever the last path threw; nothing of the batch was kept, as far as anybody knows.</exception>
    public async ValueTask<IReadOnlyList<SegmentOutcome>> WriteAsync(
        FlushRun run, IReadOnlyList<DecodedSegment> decoded, bool unhurried, CancellationToken cancellationToken)
    {
        run.DeadLettersBefore ??=
            await pipeline.ExecuteAsync(static (store, token) => store.CountDeadLettersAsync(token), store, cancellationToken).ConfigureAwait(false);
        var room = retention.MaxDeadLetters - run.DeadLettersBefore.Value - run.Dead;
        var now = time.GetUtcNow();
        var batch = new FlushBatch(run.Id, decoded, EventTime.ToMicroseconds(now - retention.Events), now) { DeadLetterRoom = Math.Max(0, room) };
        var open = store.WritePaths.Where(path => !run.ClosedPaths.Contains(path.Name)).ToList();
        for (var i = 0; ; i++)
        {
            var path = open[i];
            try
            {
                var outcomes = await WriteAsync(run, path, batch, unhurried, cancellationToken).ConfigureAwait(false);
                run.Path = path.Name;
                return outcomes;
            }
            catch (Exception exception) when (i + 1 < open.Count && IsError(exception, ErrorKind.Path))
            {
                Log.PathClosed(logger, path.Name, exception.Message);
                run.ClosedPaths.Add(path.Name);
                run.Note($"Path {path.Name} was not used: {exception.Message}");
            }
            finally
            {
                run.EndCall();
            }
        }
    }

    /// <summary>Is it the store's error, and of that kind? What the pipeline or we ourselves throw is of none.</summary>
    public bool IsError(Exception exception, ErrorKind kind) =>
        exception is not (BrokenCircuitException or TimeoutRejectedException or OperationCanceledException or FlushInProgressException or DeadLetterCapException)
        && store.Classify(exception) == kind;

    private ValueTask<IReadOnlyList<SegmentOutcome>> WriteAsync(
        FlushRun run, IWritePath path, FlushBatch batch, bool unhurried, CancellationToken cancellationToken) => unhurried
            ? path.WriteAsync(batch, cancellationToken)
            : pipeline.ExecuteAsync(
                path.Name,
                static (state, token) =>
                {
                    state.run.CountAttempt();
                    return state.path.WriteAsync(state.batch, token);
                },
                (path, batch, run),
                cancellationToken);
}
