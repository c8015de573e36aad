using System.Diagnostics;
using System.Globalization;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Measuring;

namespace FunctionsMonitor.Benchmarks.Scale;

/// <summary>
/// What the books cost the store: as sums and runs, as the program asks for them, beside fetching every row, in turns.
/// <c>-- --ledger [rows] [connection]</c>, and a tenth of that.
/// </summary>
internal sealed class LedgerMeasurement(BenchmarkServer server)
{
    private const int Rounds = 7;
    private const int Incarnations = 10;

    public async Task RunAsync(int rows)
    {
        await server.ExecuteAsync("TRUNCATE monitoring.flushed_segments, monitoring.ledger_totals");
        await server.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO monitoring.flushed_segments (
                segment_id, incarnation, number, count, accepted_through, abandoned, stored, duplicates, dead, expired, created_at, flushed_at, flush_id, deleted_at)
            SELECT
                gen_random_uuid(), ('00000000-0000-7000-8000-' || lpad(to_hex(n % {Incarnations}), 12, '0'))::uuid, n / {Incarnations} + 1, 100,
                (n / {Incarnations} + 1) * 100, '{"{}"}', 100, 0, 0, 0, now(), now(), gen_random_uuid(), now()
            FROM generate_series(0, {rows - 1}) AS n
            """));
        await server.ExecuteAsync("VACUUM (ANALYZE) monitoring.flushed_segments");

        var queries = new PostgresMetricsQueries(server.Source);
        (string Name, Func<Task<long>> StoredAsync)[] rivals =
        [
            ("as sums", async () => (await queries.ReadLedgerAsync(CancellationToken.None)).Sum(life => (long)life.Flushed.Stored)),
            ("row by row", FetchRowsAsync),
        ];
        var times = rivals.Select(_ => new List<double>()).ToArray();
        var allocated = new double[rivals.Length];
        for (var round = -1; round < Rounds; round++)
        {
            for (var rival = 0; rival < rivals.Length; rival++)
            {
                var (started, before) = (Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes());
                if (await rivals[rival].StoredAsync() != 100L * rows)
                    throw new InvalidOperationException("The books do not balance.");
                allocated[rival] = (GC.GetTotalAllocatedBytes() - before) / 1e6;
                if (round >= 0)
                    times[rival].Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        for (var rival = 0; rival < rivals.Length; rival++)
        {
            Console.WriteLine(
                $"{rows:N0} rows, {rivals[rival].Name}: median {times[rival].Median():F0} ms, p95 {times[rival].At(0.95):F0} ms, {allocated[rival]:F1} MB allocated; {Machine.Load}");
        }
    }

    /// <summary>What the books would need if they were added up here: every number that has a row, and what became of its events.</summary>
    private async Task<long> FetchRowsAsync()
    {
        var rows = new List<(Guid Incarnation, long Number, int Stored, int Duplicates, int Dead, int Expired)>();
        await using var command = server.Source.CreateCommand(
            "SELECT incarnation, number, stored, duplicates, dead, expired FROM monitoring.flushed_segments ORDER BY incarnation, number");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            rows.Add((reader.GetGuid(0), reader.GetInt64(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetInt32(5)));
        return rows.Sum(row => (long)row.Stored);
    }
}
