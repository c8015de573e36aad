using FunctionsMonitor.Flushing;
using FunctionsMonitor.Resilience;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.TestSupport.Flushing;

/// <summary>The store that is configured, behind one or two write paths whose every write a test can hold up or fail; the real one is its first path.</summary>
internal sealed class HookedMetricsStore : IMetricsStore
{
    private IMetricsStore inner = null!;
    private int busy;

    /// <summary>The real store is at work. A test's clock must stand still then: what takes a server ten milliseconds would time out.</summary>
    public bool IsBusy => Volatile.Read(ref busy) > 0;

    /// <summary>Asked before each write of the only path (or the last one); what it throws is thrown.</summary>
    public Func<FlushBatch, CancellationToken, Task> OnWrite { get; set; } = (_, _) => Task.CompletedTask;

    public Action OnPrepare { get; set; } = () => { };

    /// <summary>When set, a path <c>first</c> comes before the other and throws this.</summary>
    public Exception? FirstPathFailure { get; set; }

    /// <summary>Overrides what the store says an exception is.</summary>
    public Func<Exception, ErrorKind?> OnClassify { get; set; } = _ => null;

    public int DeadLetterCounts { get; private set; }

    public RetentionCutoffs? LastCutoffs { get; private set; }

    /// <summary>How many events each write asked for, in order.</summary>
    public List<int> Writes { get; } = [];

    public IReadOnlyList<IWritePath> WritePaths =>
        FirstPathFailure is null ? [new Path(this, "hooked")] : [new Path(this, "first"), new Path(this, "hooked")];

    /// <summary>Stands before the store that these services have.</summary>
    public void Register(IServiceCollection services)
    {
        var real = services.Last(service => service.ServiceType == typeof(IMetricsStore)).ImplementationFactory!;
        services.AddSingleton<IMetricsStore>(provider =>
        {
            inner = (IMetricsStore)real(provider);
            return this;
        });
    }

    public ErrorKind Classify(Exception exception) => OnClassify(exception) ?? inner.Classify(exception);

    public ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        OnPrepare();
        return WorkAsync(store => store.PrepareAsync(cancellationToken));
    }

    public ValueTask<IReadOnlySet<Guid>> FindFlushedAsync(IReadOnlyCollection<Guid> segmentIds, CancellationToken cancellationToken) =>
        WorkAsync(store => store.FindFlushedAsync(segmentIds, cancellationToken));

    /// <summary>What the note of a delete shall throw.</summary>
    public Exception? MarkFailure { get; set; }

    /// <summary>After the store was asked what has not been noted as deleted.</summary>
    public Action AfterListNotDeleted { get; set; } = () => { };

    public async ValueTask<IReadOnlyList<Guid>> ListNotDeletedAsync(int limit, CancellationToken cancellationToken)
    {
        var ids = await WorkAsync(store => store.ListNotDeletedAsync(limit, cancellationToken));
        AfterListNotDeleted();
        return ids;
    }

    public ValueTask MarkDeletedAsync(IReadOnlyCollection<Guid> segmentIds, DateTimeOffset deletedAt, CancellationToken cancellationToken) =>
        MarkFailure is not null ? throw MarkFailure : WorkAsync(store => store.MarkDeletedAsync(segmentIds, deletedAt, cancellationToken));

    public ValueTask RecordFlushAsync(FlushReport report, CancellationToken cancellationToken) =>
        WorkAsync(store => store.RecordFlushAsync(report, cancellationToken));

    public ValueTask<RetentionReport> ApplyRetentionAsync(RetentionCutoffs cutoffs, CancellationToken cancellationToken)
    {
        LastCutoffs = cutoffs;
        return WorkAsync(store => store.ApplyRetentionAsync(cutoffs, cancellationToken));
    }

    public ValueTask<long> CountDeadLettersAsync(CancellationToken cancellationToken)
    {
        DeadLetterCounts++;
        return WorkAsync(store => store.CountDeadLettersAsync(cancellationToken));
    }

    private async ValueTask WorkAsync(Func<IMetricsStore, ValueTask> work)
    {
        Interlocked.Increment(ref busy);
        try
        {
            await work(inner);
        }
        finally
        {
            Interlocked.Decrement(ref busy);
        }
    }

    private async ValueTask<T> WorkAsync<T>(Func<IMetricsStore, ValueTask<T>> work)
    {
        Interlocked.Increment(ref busy);
        try
        {
            return await work(inner);
        }
        finally
        {
            Interlocked.Decrement(ref busy);
        }
    }

    private sealed class Path(HookedMetricsStore owner, string name) : IWritePath
    {
        public string Name => name;

        public async ValueTask<IReadOnlyList<SegmentOutcome>> WriteAsync(FlushBatch batch, CancellationToken cancellationToken)
        {
            if (name == "first")
                throw owner.FirstPathFailure!;

            owner.Writes.Add(batch.EventCount);
            await owner.OnWrite(batch, cancellationToken);
            return await owner.WorkAsync(store => store.WritePaths[0].WriteAsync(batch, cancellationToken));
        }
    }
}
