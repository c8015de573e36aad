namespace FunctionsMonitor.Flushing;

/// <summary>When the last flush ran, known to all instances and kept beside the breaker state.</summary>
public interface IFlushSchedule
{
    /// <summary>When the last flush that got through began; null when that is unknown, which means: due now.</summary>
    ValueTask<DateTimeOffset?> ReadLastFlushAsync(CancellationToken cancellationToken);

    ValueTask WriteLastFlushAsync(DateTimeOffset startedAt, CancellationToken cancellationToken);
}
