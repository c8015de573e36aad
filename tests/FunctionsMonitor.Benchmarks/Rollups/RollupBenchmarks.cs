using System.Text;
using BenchmarkDotNet.Attributes;
using FunctionsMonitor.Events;
using FunctionsMonitor.Storage.Sqlite;
using FunctionsMonitor.TestSupport.Measuring;
using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Benchmarks.Rollups;

/// <summary>
/// Sums by minute and type over one flush of 20,000 events, 10 types and 4 minutes; times are of one event. The rivals: LINQ, and letting the
/// database group rows that it has already (SQLite, in memory).
/// </summary>
[MemoryDiagnoser]
[HideColumns("Error", "Median")]
public class RollupBenchmarks
{
    private const int Count = 20_000;
    private const int Groups = 40;
    private readonly MonitoringEvent[] events = [.. ReceivedEvents.Make(Count)];
    private readonly SqliteConnection connection = new("Data Source=:memory:");
    private SqliteCommand grouping = null!;

    [GlobalSetup]
    public void Setup()
    {
        connection.Open();
        Execute("CREATE TABLE events (timestamp INTEGER, event_type TEXT, marks INTEGER, errors INTEGER, warnings INTEGER, ns INTEGER)");
        using var transaction = connection.BeginTransaction();
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO events VALUES ($timestamp, $type, 1, 0, 0, 400)";
        foreach (var item in events)
        {
            insert.Parameters.Clear();
            insert.Parameters.AddWithValue("$timestamp", item.Timestamp);
            insert.Parameters.AddWithValue("$type", Encoding.UTF8.GetString(item.Type.Span));
            insert.ExecuteNonQuery();
        }

        transaction.Commit();
        grouping = connection.CreateCommand();
        grouping.CommandText =
            """
            SELECT timestamp / 60000000 AS minute, event_type, count(*), sum(marks = 1), sum(marks > 1), sum(errors), sum(warnings), sum(ns)
            FROM events GROUP BY minute, event_type
            """;
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        grouping.Dispose();
        connection.Dispose();
    }

    [Benchmark(Description = "RollupSums", OperationsPerInvoke = Count)]
    public object Ours()
    {
        var sums = new RollupSums();
        foreach (ref readonly var item in events.AsSpan())
            sums.Add(item);
        return sums;
    }

    [Benchmark(Description = "LINQ GroupBy", Baseline = true, OperationsPerInvoke = Count)]
    public int Linq() => Checked(events
        .GroupBy(item => (Minute: EventTime.ToMinute(item.Timestamp), Type: Encoding.UTF8.GetString(item.Type.Span)))
        .Select(group => (
            group.Key, group.Count(), group.Count(item => item.Marks == EventMarks.Validated), group.Count(item => item.Marks.HasFlag(EventMarks.Failed)),
            group.Sum(item => item.Errors), group.Sum(item => item.Warnings), group.Sum(item => item.ValidationNanoseconds)))
        .ToList().Count);

    [Benchmark(Description = "SQLite GROUP BY", OperationsPerInvoke = Count)]
    public int Sql()
    {
        using var reader = grouping.ExecuteReader();
        var count = 0;
        while (reader.Read())
            count++;
        return Checked(count);
    }

    private static int Checked(int groups) => groups == Groups ? groups : throw new InvalidOperationException($"{groups} groups.");

    private void Execute(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
