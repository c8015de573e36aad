namespace FunctionsMonitor.DeadLetters;

/// <summary>Dead letters, as operators work with them. They are written by the flush, in its own transaction.</summary>
public interface IDeadLetterStore
{
    /// <summary>Oldest first by (died at, id), after the given key; at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<DeadLetter>> ListAsync(DeadLetterFilter filter, DeadLetterId? after, int limit, CancellationToken cancellationToken);

    ValueTask<DeadLetter?> FindAsync(DeadLetterId id, CancellationToken cancellationToken);

    /// <summary>How many match, by reason.</summary>
    ValueTask<IReadOnlyDictionary<string, long>> CountByReasonAsync(DeadLetterFilter filter, CancellationToken cancellationToken);

    /// <summary>Notes that it was put back; false when it is no longer there.</summary>
    ValueTask<bool> MarkReplayedAsync(DeadLetterId id, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Discards one; false when it is not there.</summary>
    ValueTask<bool> DeleteAsync(DeadLetterId id, CancellationToken cancellationToken);
}
