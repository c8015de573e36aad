using Microsoft.Extensions.Time.Testing;

namespace FunctionsMonitor.TestSupport.Flows;

internal static class FakeTimeExtensions
{
    private const int MaxSteps = 20_000;

    /// <summary>
    /// Moves the clock on until the task has ended, so that what waits on it goes on; a millisecond a step unless told, and not while something is at
    /// work that takes real time.
    /// </summary>
    public static async Task<T> AdvancingAsync<T>(this Task<T> task, FakeTimeProvider time, TimeSpan? step = null, Func<bool>? isBusy = null)
    {
        for (var i = 0; i < MaxSteps && !task.IsCompleted; i++)
        {
            if (isBusy?.Invoke() is not true)
                time.Advance(step ?? TimeSpan.FromMilliseconds(1));
            await Task.WhenAny(task, Task.Delay(1));
        }

        return await task.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
