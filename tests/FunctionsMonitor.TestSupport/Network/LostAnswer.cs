namespace FunctionsMonitor.TestSupport.Network;

/// <summary>A request that was done and whose answer never arrives.</summary>
public sealed class LostAnswer : Fault
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);
    private readonly TaskCompletionSource happened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal LostAnswer(byte[] part)
        : base(part)
    {
    }

    /// <summary>The server has answered and the client was cut off.</summary>
    public Task Happened => happened.Task.WaitAsync(Bound);

    public bool HasHappened => happened.Task.IsCompleted;

    internal void Note() => happened.TrySetResult();
}
