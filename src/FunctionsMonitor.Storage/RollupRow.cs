using System.Data;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Storage;

/// <summary>Reads a row of sums over <c>validation_metrics</c>.</summary>
internal static class RollupRow
{
    /// <param name="row">Bucket, type, total, passed, failed, rejected, errors, warnings, nanoseconds.</param>
    /// <param name="bucket">As each store reads its times.</param>
    public static ValidationRollup Read(IDataRecord row, long bucket) => new()
    {
        Bucket = bucket,
        EventType = row.GetString(1),
        Total = row.GetInt64(2),
        Passed = row.GetInt64(3),
        Failed = row.GetInt64(4),
        Rejected = row.GetInt64(5),
        Errors = row.GetInt64(6),
        Warnings = row.GetInt64(7),
        ValidationNanoseconds = row.GetInt64(8),
    };
}
