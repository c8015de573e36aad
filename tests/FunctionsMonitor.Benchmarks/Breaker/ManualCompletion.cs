using System.Threading.Tasks.Sources;
using Polly;

namespace FunctionsMonitor.Benchmarks.Breaker;

/// <summary>
/// A call that is pending when it returns and is completed on the spot: the whole of what an awaiting strategy has to do, without the noise of
/// a thread pool, and without an allocation of its own.
/// </summary>
internal sealed class ManualCompletion : IValueTaskSource<Outcome<string>>
{
    private ManualResetValueTaskSourceCore<Outcome<string>> core;
    private volatile bool started;

    public ValueTask<Outcome<string>> Start()
    {
        core.Reset();
        var call = new ValueTask<Outcome<string>>(this, core.Version);
        started = true;
        return call;
    }

    public void Complete()
    {
        // A breaker whose view went stale in a pause between two measurements reads its store first.
        var wait = new SpinWait();
        while (!started)
            wait.SpinOnce();
        started = false;
        core.SetResult(Outcome.FromResult(BreakerPipelines.Answer));
    }

    public Outcome<string> GetResult(short token) => core.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        core.OnCompleted(continuation, state, token, flags);
}
