using System.Buffers;
using System.Diagnostics;
using FunctionsMonitor.Benchmarks.Events;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Storage.Postgres;
using Npgsql;
using NpgsqlTypes;

namespace FunctionsMonitor.Benchmarks.Postgres;

/// <summary>
/// The write paths beside a bare binary COPY of the same rows into the same table, 20,000 events a transaction; the client's encoding is in
/// both, rollups, idempotency and the segments' rows only in ours. The rivals take turns, so that what else the machine does hits all of them
/// alike, and the ratio is that of the medians. It needs a server: <c>-- --postgres "Host=…;Database=…"</c>, whose schema <c>monitoring</c> it
/// drops and makes anew.
/// </summary>
internal sealed class WritePathComparison(string connectionString, int rounds, int eventsPerSegment)
{
    private const int Count = 20_000;
    private const int WarmUps = 2;
    private const int RoundsPerTable = 6;
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    private readonly MonitoringEvent[] samples = [.. EventSamples.Received(Count)];
    private readonly Guid incarnation = Guid.NewGuid();
    private long events, number;

    public async Task RunAsync()
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await ExecuteAsync(source, "DROP SCHEMA IF EXISTS monitoring CASCADE; DROP VIEW IF EXISTS public.monitoring_events_insert");
        await using (var migrating = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }))
            await new PostgresMigrator(migrating).MigrateAsync(CancellationToken.None);
        await ExecuteAsync(source, "SELECT monitoring.ensure_partitions(ARRAY['2026-11-24'::date])");

        (string Name, Func<FlushBatch, Task> Write)[] rivals =
        [
            ("bare COPY", batch => CopyAsync(source, batch)),
            ("rpc", batch => WriteAsync(new PostgresRpcPath(source, TimeProvider.System), batch)),
            ("direct", batch => WriteAsync(new PostgresDirectPath(source, TimeProvider.System), batch)),
            ("view", batch => WriteAsync(new PostgresViewPath(source, TimeProvider.System), batch)),
        ];
        var times = rivals.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < rounds + WarmUps; round++)
        {
            if (round % RoundsPerTable == 0)
                await ExecuteAsync(source, "TRUNCATE monitoring.events; CHECKPOINT");
            for (var turn = 0; turn < rivals.Length; turn++)
            {
                var rival = (turn + round) % rivals.Length;
                var batch = NextBatch();
                var started = Stopwatch.GetTimestamp();
                await rivals[rival].Write(batch);
                if (round >= WarmUps)
                    times[rival].Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        Console.WriteLine($"{Count} events a transaction, {eventsPerSegment} a segment, {rounds} rounds");
        for (var i = 0; i < rivals.Length; i++)
        {
            var quartiles = times[i].Order().ToList();
            Console.WriteLine(
                $"{rivals[i].Name,-10} median {quartiles[rounds / 2],7:F1} ms, lower quartile {quartiles[rounds / 4],7:F1} ms; COPY/this "
                + $"{Quantile(times[0], 2) / quartiles[rounds / 2]:F2} by the medians, {Quantile(times[0], 4) / quartiles[rounds / 4]:F2} by the lower quartiles");
        }

        double Quantile(List<double> values, int part) => values.Order().ElementAt(rounds / part);
    }

    private static async Task WriteAsync(PostgresWritePath path, FlushBatch batch)
    {
        var outcomes = await path.WriteAsync(batch, CancellationToken.None);
        if (outcomes.Sum(outcome => outcome.Stored) != Count)
            throw new InvalidOperationException("Not everything was stored.");
    }

    private static async Task CopyAsync(NpgsqlDataSource source, FlushBatch batch)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var copy = await connection.BeginBinaryImportAsync(DirectStatements.CopyEvents);
        foreach (var segment in batch.Segments)
        {
            foreach (var item in segment)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(PostgresTime.FromMicroseconds(item.Timestamp), NpgsqlDbType.TimestampTz);
                await copy.WriteAsync(item.Id, NpgsqlDbType.Uuid);
                await copy.WriteAsync(item.Type, NpgsqlDbType.Text);
                await copy.WriteAsync(item.Source, NpgsqlDbType.Text);
                await (item.Data is { } data ? copy.WriteAsync(data, NpgsqlDbType.Json) : copy.WriteNullAsync());
                await copy.WriteNullAsync();
                await copy.WriteNullAsync();
                await copy.WriteAsync(PostgresTime.FromMicroseconds(item.ReceivedAt), NpgsqlDbType.TimestampTz);
                await copy.WriteAsync((int)item.Marks, NpgsqlDbType.Integer);
                await copy.WriteAsync((long)item.ValidationNanoseconds, NpgsqlDbType.Bigint);
                await copy.WriteAsync((int)item.Errors, NpgsqlDbType.Integer);
                await copy.WriteAsync((int)item.Warnings, NpgsqlDbType.Integer);
                await copy.WriteAsync(segment.Header.Id, NpgsqlDbType.Uuid);
            }
        }

        await copy.CompleteAsync();
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        // One by one: together they would be one transaction, and CHECKPOINT must not be in one.
        foreach (var statement in sql.Split(';'))
        {
            await using var command = source.CreateCommand(statement);
            await command.ExecuteNonQueryAsync();
        }
    }

    private FlushBatch NextBatch()
    {
        var segments = new List<DecodedSegment>();
        for (var first = 0; first < Count; first += eventsPerSegment)
        {
            var body = new ArrayBufferWriter<byte>();
            foreach (ref readonly var sample in samples.AsSpan(first, eventsPerSegment))
                EventRecord.Write(body, sample with { Id = Guid.NewGuid(), Timestamp = EventTime.ToMicroseconds(Start) + (events++ * 100) });
            var header = new SegmentHeader
            {
                Id = Guid.CreateVersion7(Start),
                Incarnation = incarnation,
                Number = ++number,
                Count = eventsPerSegment,
                AcceptedThrough = events,
                CreatedAt = EventTime.ToMicroseconds(Start),
            };
            segments.Add(SegmentCodec.Decode((byte[])[.. SegmentCodec.EncodeHead(header, [body.WrittenMemory]), .. body.WrittenSpan], header.Name));
        }

        return new FlushBatch(Guid.CreateVersion7(Start), segments, 0, Start);
    }
}
