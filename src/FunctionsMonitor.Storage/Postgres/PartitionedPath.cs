using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>A write path whose batch finds the days of its events. In a transaction before: who only reads is not to wait for the batch.</summary>
internal sealed class PartitionedPath(IWritePath inner, Func<FlushBatch, CancellationToken, ValueTask> makePartitions) : IWritePath
{
    public string Name => inner.Name;

    public async ValueTask<IReadOnlyList<SegmentOutcome>> WriteAsync(FlushBatch batch, CancellationToken cancellationToken)
    {
        await makePartitions(batch, cancellationToken).ConfigureAwait(false);
        return await inner.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
    }
}
