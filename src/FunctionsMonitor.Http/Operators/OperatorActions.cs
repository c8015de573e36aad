using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Operations;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Operators;

/// <summary>Does what an operator asks for and writes down what came of it, also when it failed.</summary>
internal sealed class OperatorActions(OperationRecorder recorder)
{
    /// <param name="context">Tells who asks.</param>
    /// <param name="action"><c>flush</c>, <c>replay</c>, <c>cancel-replay</c>, <c>discard</c>, <c>isolate</c>, <c>reset</c>.</param>
    /// <param name="target">What it is done to.</param>
    /// <param name="act">Does it.</param>
    /// <param name="describe">How it ended, in words; null when there was nothing to do it to.</param>
    /// <param name="describeFailure">How far it came before it failed, where that is not nowhere.</param>
    public async Task<T> RunAsync<T>(
        HttpContext context, string action, string target, Func<Task<T>> act, Func<T, string?> describe,
        Func<Exception, string?>? describeFailure = null)
    {
        T result;
        try
        {
            result = await act().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not ProblemException)
        {
            // The client gets the exception's own answer; here only the attempt is kept.
            var soFar = describeFailure?.Invoke(exception) is { } words ? $" ({words})" : "";
            await RecordAsync(context, action, target, $"failed: {exception.Message}{soFar}").ConfigureAwait(false);
            throw;
        }

        if (describe(result) is { } outcome)
            await RecordAsync(context, action, target, outcome).ConfigureAwait(false);
        return result;
    }

    /// <summary>What was done was done, whether or not the caller is still there.</summary>
    private ValueTask RecordAsync(HttpContext context, string action, string target, string outcome) =>
        recorder.RecordAsync(context.Items[OperatorActor.Item] as string ?? OperatorActor.Unknown, action, target, outcome, CancellationToken.None);
}
