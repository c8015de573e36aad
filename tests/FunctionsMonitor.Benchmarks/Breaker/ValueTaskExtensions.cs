namespace FunctionsMonitor.Benchmarks.Breaker;

internal static class ValueTaskExtensions
{
    /// <summary>The result of a call that has completed; a breaker that reads its store first, being cold, is waited for.</summary>
    public static T Wait<T>(this ValueTask<T> call) => call.IsCompleted ? call.Result : call.AsTask().GetAwaiter().GetResult();
}
