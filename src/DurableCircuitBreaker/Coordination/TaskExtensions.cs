namespace DurableCircuitBreaker.Coordination;

internal static class TaskExtensions
{
    /// <summary>
    /// The same task, whose failure nobody need look at: how something ends that nobody waits for any more is nobody's business, and would else be
    /// reported as the program's defect.
    /// </summary>
    public static T Observed<T>(this T task)
        where T : Task
    {
        _ = task.ContinueWith(
            static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return task;
    }

    /// <summary>Waits for the store, but no longer than a call may; the time that is left to wait after it.</summary>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public static async ValueTask<TimeSpan> WaitForAsync(this Task work, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        if (work.IsCompleted || patience == TimeSpan.Zero)
            return patience;

        var since = time.GetTimestamp();
        try
        {
            await work.WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!work.IsFaulted)
        {
            return TimeSpan.Zero;
        }

        var waited = time.GetElapsedTime(since);
        return waited < patience ? patience - waited : TimeSpan.Zero;
    }
}
