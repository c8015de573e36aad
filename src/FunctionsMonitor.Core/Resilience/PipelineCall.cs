using Polly;

namespace FunctionsMonitor.Resilience;

/// <summary>One call on its way through Polly: what to run, what to run it with, and where to count.</summary>
internal readonly record struct PipelineCall<TState, TResult>(
    Func<TState, CancellationToken, ValueTask<TResult>> Callback,
    TState State,
    PipelineCounters Counters)
{
    /// <summary>One attempt. An error is an outcome from here on; Polly is spared a throw at every layer.</summary>
    public static async ValueTask<Outcome<TResult>> AttemptAsync(ResilienceContext context, PipelineCall<TState, TResult> call)
    {
        call.Counters.Attempt();
        try
        {
            return Outcome.FromResult(await call.Callback(call.State, context.CancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            // Everything is caught because everything is handed on; a cancelled attempt says nothing of the other side.
            if (!context.CancellationToken.IsCancellationRequested)
            {
                call.Counters.Error(exception);
                return Outcome.FromException<TResult>(exception);
            }

            // A driver may dress the cancellation up as a lost connection; whoever cancelled (the caller, or a timeout) knows it by this type only.
            return Outcome.FromException<TResult>(
                exception is OperationCanceledException ? exception : new OperationCanceledException(exception.Message, exception, context.CancellationToken));
        }
    }
}
