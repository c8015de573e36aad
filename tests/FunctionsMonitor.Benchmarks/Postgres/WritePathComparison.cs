using System.Buffers;
using System.Diagnostics;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Measuring;

namespace FunctionsMonitor.Benchmarks.Postgres;

/// <summary>
/// The write paths beside a bare binary COPY of the same rows into the same table, 20,000 events a transaction; the client's encoding is in
/// both, rollups, idempotency and the segments' rows only in ours. The rivals take turns, so that what else the machine does hits all of them
/// alike; a ratio is made of two times of the same round, and their median is given with its quartiles. <c>-- --postgres [rounds] [connection]</c>.
/// </summary>
internal sealed class WritePathComparison(BenchmarkServer server, int rounds, int eventsPerSegment)
{
    private const int Count = 20_000;
    private const int WarmUps = 2;
    private const int RoundsPerTable = 6;

    /// <summary>Row by row takes as long as all the others together.</summary>
    private const int RoundsPerSlowRival = 5;
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    private readonly MonitoringEvent[] samples = [.. ReceivedEvents.Make(Count)];
    private readonly Guid incarnation = Guid.NewGuid();
    private long events, number;

    public async Task RunAsync()
    {
        var source = server.Source;
        await server.ExecuteAsync("SELECT monitoring.ensure_partitions(ARRAY['2026-11-24'::date])");
        (string Name, Func<FlushBatch, Task> Write)[] rivals =
        [
            ("bare COPY", batch => BareWrites.CopyAsync(source, batch)),
            ("rpc", batch => WriteAsync(new PostgresRpcPath(source, TimeProvider.System), batch)),
            ("direct", batch => WriteAsync(new PostgresDirectPath(source, TimeProvider.System), batch)),
            ("view", batch => WriteAsync(new PostgresViewPath(source, TimeProvider.System), batch)),
            ("bare unnest", batch => BareWrites.UnnestAsync(source, batch)),
            ("row inserts", batch => BareWrites.InsertRowsAsync(source, batch)),
        ];
        var times = rivals.Select(_ => new Dictionary<int, double>()).ToArray();
        var before = Machine.Load;
        for (var round = -WarmUps; round < rounds; round++)
        {
            if ((round + WarmUps) % RoundsPerTable == 0)
            {
                await server.ExecuteAsync("TRUNCATE monitoring.events");
                await server.ExecuteAsync("CHECKPOINT");
            }

            for (var turn = 0; turn < rivals.Length; turn++)
            {
                var rival = (turn + round + WarmUps) % rivals.Length;
                if (rival == rivals.Length - 1 && round % RoundsPerSlowRival != 0)
                    continue;

                var batch = NextBatch();
                var started = Stopwatch.GetTimestamp();
                await rivals[rival].Write(batch);
                if (round >= 0)
                    times[rival].Add(round, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        Console.WriteLine($"{Count:N0} events a transaction, {eventsPerSegment:N0} a segment, {rounds} rounds; before: {before}; after: {Machine.Load}");
        for (var i = 0; i < rivals.Length; i++)
        {
            var ratios = times[i].Select(time => times[0][time.Key] / time.Value).ToList();
            Console.WriteLine(
                $"{rivals[i].Name,-12} median {times[i].Values.Median(),8:F1} ms; COPY/this {ratios.Median():F2} ({ratios.At(0.25):F2} to {ratios.At(0.75):F2})");
        }
    }

    private static async Task WriteAsync(PostgresWritePath path, FlushBatch batch)
    {
        var outcomes = await path.WriteAsync(batch, CancellationToken.None);
        if (outcomes.Sum(outcome => outcome.Stored) != Count)
            throw new InvalidOperationException("Not everything was stored.");
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

        return new FlushBatch(Guid.CreateVersion7(Start), segments, 0, Start) { DeadLetterRoom = 100_000 };
    }
}
