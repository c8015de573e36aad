using System.Text.Json;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Resilience;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>The metrics store in PostgreSQL.</summary>
/// <remarks>
/// A role that may use nothing but the view can flush all the same. What is refused to it, this store does without: partitions are made by the
/// view itself, a segment that was flushed before is recognised when it is written, and the retention is left to others.
/// </remarks>
internal sealed class PostgresMetricsStore : IMetricsStore
{
    private readonly NpgsqlDataSource source;
    private readonly PostgresPartitions partitions;
    private readonly ILogger<PostgresMetricsStore> logger;
    private bool isChecked;
    private bool isNoted;

    /// <param name="source">The application's pool.</param>
    /// <param name="paths">In the order in which they are tried.</param>
    /// <param name="daysAhead">See <see cref="PostgresOptions.DaysAhead"/>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told once what the role may not do.</param>
    public PostgresMetricsStore(
        NpgsqlDataSource source, IReadOnlyList<IWritePath> paths, int daysAhead, TimeProvider time, ILogger<PostgresMetricsStore> logger)
    {
        this.source = source;
        this.logger = logger;
        partitions = new(source, time, daysAhead);
        WritePaths = [.. paths.Select(path => new PartitionedPath(path, MakePartitionsAsync))];
    }

    public IReadOnlyList<IWritePath> WritePaths { get; }

    public ErrorKind Classify(Exception exception) => PostgresErrors.Classify(exception);

    public async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        if (!isChecked)
            await UnlessForbiddenAsync(CheckSchemaAsync, cancellationToken).ConfigureAwait(false);
        await UnlessForbiddenAsync(partitions.MakeAheadAsync, cancellationToken).ConfigureAwait(false);
        isChecked = true;
    }

    public ValueTask<IReadOnlySet<Guid>> FindFlushedAsync(IReadOnlyCollection<Guid> segmentIds, CancellationToken cancellationToken) =>
        UnlessForbiddenAsync<IReadOnlySet<Guid>>(
            async token => (await source.QueryAsync(
                "SELECT segment_id FROM monitoring.flushed_segments WHERE segment_id = ANY ($1)", row => row.GetGuid(0), token,
                segmentIds.ToArray()).ConfigureAwait(false)).ToHashSet(),
            new HashSet<Guid>(), cancellationToken);

    public ValueTask MarkDeletedAsync(IReadOnlyCollection<Guid> segmentIds, DateTimeOffset deletedAt, CancellationToken cancellationToken) =>
        UnlessForbiddenAsync(
            async token => await source.ExecuteAsync(
                "UPDATE monitoring.flushed_segments SET deleted_at = $2 WHERE segment_id = ANY ($1) AND deleted_at IS NULL", token,
                segmentIds.ToArray(), deletedAt.UtcDateTime).ConfigureAwait(false),
            cancellationToken);

    public ValueTask<IReadOnlyList<Guid>> ListNotDeletedAsync(int limit, CancellationToken cancellationToken) =>
        UnlessForbiddenAsync<IReadOnlyList<Guid>>(
            async token => await source.QueryAsync(
                "SELECT segment_id FROM monitoring.flushed_segments WHERE deleted_at IS NULL ORDER BY flushed_at LIMIT $1", row => row.GetGuid(0), token,
                limit).ConfigureAwait(false),
            [], cancellationToken);

    public ValueTask RecordFlushAsync(FlushReport report, CancellationToken cancellationToken) => UnlessForbiddenAsync(
        async token => await source.ExecuteAsync(
            "INSERT INTO monitoring.flushes (flush_id, started_at, report) VALUES ($1, $2, $3::json) ON CONFLICT (flush_id) DO NOTHING", token,
            report.FlushId, report.StartedAt.UtcDateTime, JsonSerializer.Serialize(report, StoreJson.Default.FlushReport)).ConfigureAwait(false),
        cancellationToken);

    public ValueTask<RetentionReport> ApplyRetentionAsync(RetentionCutoffs cutoffs, CancellationToken cancellationToken) => UnlessForbiddenAsync(
        async token =>
        {
            // Days are dropped whole, so an event may stay one day longer than it must.
            var events = await source.ScalarAsync<long>(
                "SELECT monitoring.drop_partitions($1)", token, cutoffs.Events.UtcDateTime).ConfigureAwait(false);
            return (await source.QueryAsync(
                "SELECT dead_letters, segment_rows, flushes FROM monitoring.apply_retention($1, $2, $3)",
                row => new RetentionReport(events, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), token,
                cutoffs.DeadLetters.UtcDateTime, cutoffs.SegmentRows.UtcDateTime, cutoffs.Flushes.UtcDateTime).ConfigureAwait(false)).Single();
        },
        new RetentionReport(0, 0, 0, 0), cancellationToken);

    public ValueTask<long> CountDeadLettersAsync(CancellationToken cancellationToken) => UnlessForbiddenAsync(
        token => source.ScalarAsync<long>("SELECT count(*) FROM monitoring.dead_letters", token), 0, cancellationToken);

    private async ValueTask CheckSchemaAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await PostgresSchema.CheckAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask MakePartitionsAsync(FlushBatch batch, CancellationToken cancellationToken) =>
        UnlessForbiddenAsync(token => partitions.MakeForAsync(batch, token), cancellationToken);

    private async ValueTask UnlessForbiddenAsync(Func<CancellationToken, ValueTask> act, CancellationToken cancellationToken) =>
        await UnlessForbiddenAsync(
            async token =>
            {
                await act(token).ConfigureAwait(false);
                return true;
            },
            false, cancellationToken).ConfigureAwait(false);

    /// <summary>Missing privileges are noted once and else passed over: whether events can be written is for the paths to find out.</summary>
    private async ValueTask<T> UnlessForbiddenAsync<T>(
        Func<CancellationToken, ValueTask<T>> ask, T whenForbidden, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            if (!Interlocked.Exchange(ref isNoted, true))
                Log.RoleMayNot(logger, exception.MessageText);
            return whenForbidden;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction)
        {
            source.ForgetReadOnlySessions();
            throw;
        }
    }
}
