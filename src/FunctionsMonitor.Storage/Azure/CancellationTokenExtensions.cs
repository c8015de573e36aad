namespace FunctionsMonitor.Storage.Azure;

internal static class CancellationTokenExtensions
{
    /// <summary>Ends with the token, or when the time is over: on the machine's own clock, as the client library's timeouts.</summary>
    public static CancellationTokenSource Within(this CancellationToken cancellationToken, TimeSpan timeout)
    {
        var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(timeout);
        return bound;
    }
}
