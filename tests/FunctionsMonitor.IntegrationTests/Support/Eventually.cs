namespace FunctionsMonitor.IntegrationTests.Support;

/// <summary>Waits for what another process will bring about.</summary>
internal static class Eventually
{
    /// <summary>Far beyond what anything here takes, also on a machine that does three other things.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(Bound);
        using var poll = new PeriodicTimer(Poll);
        try
        {
            while (!await condition())
                await poll.WaitForNextTickAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new TimeoutException($"It did not come about within {Bound}: {what}.");
        }
    }

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);
}
