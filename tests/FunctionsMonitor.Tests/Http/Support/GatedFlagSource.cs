using FunctionsMonitor.Flags;

namespace FunctionsMonitor.Tests.Http.Support;

/// <summary>A flag source that says nothing, and can be made to take its time. A flush asks the sources first, so this holds one up.</summary>
internal sealed class GatedFlagSource(TimeProvider time) : IFlagSource
{
    private readonly TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource? gate;

    public string Name => "gate";

    /// <summary>Somebody waits at the closed gate.</summary>
    public Task Entered => entered.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public void Close() => gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => gate!.SetResult();

    public async ValueTask<FlagSourceAnswer> ReadAsync(CancellationToken cancellationToken)
    {
        if (gate is { } closed)
        {
            entered.TrySetResult();
            await closed.Task.WaitAsync(cancellationToken);
        }

        return new FlagSourceAnswer(new Dictionary<string, string>(), time.GetUtcNow());
    }
}
