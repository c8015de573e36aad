namespace FunctionsMonitor.Flags.AppConfiguration;

internal static class TaskExtensions
{
    /// <summary>Whether it ends in time; if not, it goes on. For tasks that do not fail.</summary>
    public static async ValueTask<bool> EndsWithinAsync(this Task task, TimeSpan wait, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(wait, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return task.IsCompleted;
        }
    }
}
