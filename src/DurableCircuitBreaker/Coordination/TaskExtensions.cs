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
}
