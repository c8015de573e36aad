namespace FunctionsMonitor.TestSupport.Network;

/// <summary>A request that is on its way for as long as the test wants.</summary>
public sealed class HeldRequest : Fault
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);
    private readonly TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource givenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal HeldRequest(byte[] part)
        : base(part)
    {
    }

    /// <summary>The proxy has it; the server has seen nothing of it.</summary>
    public Task Arrived => arrived.Task.WaitAsync(Bound);

    /// <summary>Its client has closed the connection.</summary>
    public Task GivenUp => givenUp.Task.WaitAsync(Bound);

    internal Task Released => released.Task;

    /// <summary>Lets it go on to the server, and answers with the first line of what the server said to it.</summary>
    public async Task<string> ReleaseAsync()
    {
        released.TrySetResult();
        return await answer.Task.WaitAsync(Bound);
    }

    internal void NoteArrived() => arrived.TrySetResult();

    internal void NoteGivenUp() => givenUp.TrySetResult();

    internal void NoteAnswer(string line) => answer.TrySetResult(line);
}
