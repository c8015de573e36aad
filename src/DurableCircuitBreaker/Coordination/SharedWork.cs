namespace DurableCircuitBreaker.Coordination;

/// <summary>Work on the store that all who want it done share while it runs. It is started without any lock held.</summary>
/// <remarks>
/// Each of them gets a task of its own, ended one after the other: of several continuations of one task the runtime queues all but one to the
/// thread pool, and neither an order nor a replay of a simulation would survive that.
/// </remarks>
/// <param name="work">What is done; the store's faults are answers, so only a defect of ours is thrown.</param>
/// <param name="goesOnInline">
/// Whether whoever waits goes on within the call that ends the work, for who must replay it. Else each has a thread of the pool: the store's answer must
/// not have to wait for what a caller does with it.
/// </param>
/// <param name="isWantedAgain">Whether something came in that the run just over did not see; then it runs again before anybody is told.</param>
internal sealed class SharedWork(Func<Task> work, bool goesOnInline, Func<bool>? isWantedAgain = null)
{
    private readonly Lock gate = new();
    private List<TaskCompletionSource>? waiting;

    /// <summary>Done when the work that runs now, or is started by this, is over.</summary>
    public Task RunAsync()
    {
        var mine = new TaskCompletionSource(goesOnInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (waiting is { } others)
            {
                others.Add(mine);
                return mine.Task;
            }

            waiting = [mine];
        }

        // Whose call it happens to be says nothing about the work, which others share.
        NobodysContext.Run(() => _ = RunToTheEndAsync());
        return mine.Task;
    }

    private async Task RunToTheEndAsync()
    {
        List<TaskCompletionSource>? told;
        Exception? defect = null;
        do
        {
            try
            {
                await work().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                // Whoever waits shall see it.
                defect = exception;
            }

            lock (gate)
            {
                told = defect is null && isWantedAgain?.Invoke() == true ? null : waiting;
                if (told is not null)
                    waiting = null;
            }
        }
        while (told is null);

        foreach (var one in told)
        {
            if (defect is null)
                one.SetResult();
            else
                one.SetException(defect);
        }
    }
}
