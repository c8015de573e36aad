using System.Text;
using FunctionsMonitor.Flags.AppConfiguration;

namespace FunctionsMonitor.Tests.Flags.AppConfiguration;

/// <summary>A document in memory that any number of instances share; it can be down, or hang.</summary>
internal sealed class FakeLastKnownGoodStore : ILastKnownGoodStore
{
    private TaskCompletionSource? gate;

    public byte[]? Content { get; set; }

    public string Text => Encoding.UTF8.GetString(Content ?? []);

    public int Writes { get; private set; }

    /// <summary>Somebody waits for it to open.</summary>
    public bool IsReached { get; private set; }

    public Exception? ReadFailure { get; set; }

    public Exception? WriteFailure { get; set; }

    public void Close() => gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open()
    {
        gate!.SetResult();
        gate = null;
    }

    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        await PassAsync(ReadFailure);
        return Content;
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await PassAsync(WriteFailure);
        Writes++;
        Content = content.ToArray();
    }

    private async Task PassAsync(Exception? failure)
    {
        if (gate is { } closed)
        {
            IsReached = true;
            await closed.Task;
        }

        if (failure is not null)
            throw failure;
    }
}
