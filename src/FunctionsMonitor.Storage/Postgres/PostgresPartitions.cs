using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>
/// Sees that there is a partition for every event before it is written. The days around now are made ahead, at every flush; an older one, which
/// comes with replays and clients that were cut off, when it is first needed. To have all of them made ahead would be a month of empty tables.
/// </summary>
internal sealed class PostgresPartitions(NpgsqlDataSource source, TimeProvider time, int daysAhead)
{
    private const int DaysBack = 1;

    /// <summary>Days that are there, as far as this process knows since the last flush began.</summary>
    private volatile IReadOnlySet<DateOnly> known = new HashSet<DateOnly>();

    /// <summary>Makes the days around now, and forgets what it knew: somebody may have dropped a day.</summary>
    public async ValueTask MakeAheadAsync(CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var days = Enumerable.Range(-DaysBack, DaysBack + 1 + daysAhead).Select(today.AddDays).ToHashSet();
        known = new HashSet<DateOnly>();
        await MakeAsync(days, cancellationToken).ConfigureAwait(false);
        known = days;
    }

    /// <summary>Makes the days of a batch that are missing.</summary>
    public async ValueTask MakeForAsync(FlushBatch batch, CancellationToken cancellationToken)
    {
        var missing = new HashSet<DateOnly>();
        foreach (var segment in batch.Segments)
        {
            foreach (var item in segment)
            {
                var day = DateOnly.FromDateTime(EventTime.FromMicroseconds(item.Timestamp).UtcDateTime);
                if (item.Timestamp >= batch.ExpireBefore && !known.Contains(day))
                    missing.Add(day);
            }
        }

        if (missing.Count == 0)
            return;

        await MakeAsync(missing, cancellationToken).ConfigureAwait(false);
        known = new HashSet<DateOnly>(known.Concat(missing));
    }

    private async ValueTask MakeAsync(IEnumerable<DateOnly> days, CancellationToken cancellationToken) =>
        await source.ScalarAsync<int>("SELECT monitoring.ensure_partitions($1)", cancellationToken, days.ToArray()).ConfigureAwait(false);
}
