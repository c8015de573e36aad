namespace FunctionsMonitor.Live;

/// <summary>One connection that listens. Dispose ends it.</summary>
internal interface ILiveListener : IAsyncDisposable
{
    /// <summary>The next text. Throws when the connection is lost; what is sent until there is another one is lost too.</summary>
    ValueTask<string> ReceiveAsync(CancellationToken cancellationToken);
}
