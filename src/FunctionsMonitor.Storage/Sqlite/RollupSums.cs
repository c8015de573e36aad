using System.Runtime.InteropServices;
using System.Text;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>Adds up one transaction's rollups by minute and type, and writes them as one upsert a row.</summary>
internal sealed class RollupSums
{
    private readonly Dictionary<(long Minute, string Type), Sum> sums = [];

    public void Add(in MonitoringEvent item)
    {
        ref var sum = ref Of(EventTime.ToMinute(item.Timestamp), Encoding.UTF8.GetString(item.Type.Span));
        sum.Total++;
        sum.Passed += (item.Marks & (EventMarks.Validated | EventMarks.Failed)) == EventMarks.Validated ? 1 : 0;
        sum.Failed += (item.Marks & EventMarks.Failed) != 0 ? 1 : 0;
        sum.Errors += item.Errors;
        sum.Warnings += item.Warnings;
        sum.Nanoseconds += item.ValidationNanoseconds;
    }

    public void Add(RejectedTotal rejected)
    {
        ref var sum = ref Of(rejected.Minute, rejected.EventType);
        sum.Total += rejected.Count;
        sum.Failed += rejected.Count;
        sum.Rejected += rejected.Count;
        sum.Errors += rejected.Errors;
        sum.Warnings += rejected.Warnings;
        sum.Nanoseconds += rejected.ValidationNanoseconds;
    }

    public void Write(SqliteConnection connection)
    {
        foreach (var ((minute, type), sum) in sums.OrderBy(pair => pair.Key.Minute).ThenBy(pair => pair.Key.Type, StringComparer.Ordinal))
            connection.Execute(
                """
                INSERT INTO validation_metrics (minute, event_type, total, passed, failed, rejected, errors, warnings, validation_ns)
                VALUES ($minute, $type, $total, $passed, $failed, $rejected, $errors, $warnings, $ns)
                ON CONFLICT (minute, event_type) DO UPDATE SET
                    total = total + excluded.total, passed = passed + excluded.passed, failed = failed + excluded.failed,
                    rejected = rejected + excluded.rejected, errors = errors + excluded.errors, warnings = warnings + excluded.warnings,
                    validation_ns = validation_ns + excluded.validation_ns
                """,
                ("$minute", minute), ("$type", type), ("$total", sum.Total), ("$passed", sum.Passed), ("$failed", sum.Failed),
                ("$rejected", sum.Rejected), ("$errors", sum.Errors), ("$warnings", sum.Warnings), ("$ns", sum.Nanoseconds));
    }

    private ref Sum Of(long minute, string type) => ref CollectionsMarshal.GetValueRefOrAddDefault(sums, (minute, type), out _);

    private record struct Sum(long Total, long Passed, long Failed, long Rejected, long Errors, long Warnings, long Nanoseconds);
}
