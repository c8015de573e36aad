using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Flushing;

/// <summary>Event ids 1300 to 1399.</summary>
internal static partial class Log
{
    [LoggerMessage(1300, LogLevel.Information, "Flushed {Events} events in {Segments} segments: {Stored} stored, {Duplicates} duplicates, {Dead} dead letters, {Expired} expired.")]
    public static partial void Flushed(ILogger logger, long events, int segments, long stored, long duplicates, long dead, long expired);

    [LoggerMessage(1301, LogLevel.Error, "The flush failed; its segments stay in the buffer.")]
    public static partial void FlushFailed(ILogger logger, Exception exception);

    [LoggerMessage(1302, LogLevel.Warning, "The write path {Path} is closed: {Cause}. Trying the next.")]
    public static partial void PathClosed(ILogger logger, string path, string cause);

    [LoggerMessage(1303, LogLevel.Error, "{FileName} is not a readable segment and was moved to quarantine: {Reason}")]
    public static partial void Quarantined(ILogger logger, string fileName, string reason);

    [LoggerMessage(1304, LogLevel.Warning, "{FileName} was left in the buffer: {Reason}")]
    public static partial void NewerFormat(ILogger logger, string fileName, string reason);

    [LoggerMessage(1305, LogLevel.Warning, "Segment {SegmentId} was passed over in this flush: {Cause}")]
    public static partial void PassedOver(ILogger logger, Guid segmentId, string cause);

    [LoggerMessage(1306, LogLevel.Warning, "The report of flush {FlushId} could not be kept; the next flush tries again.")]
    public static partial void ReportNotKept(ILogger logger, Exception exception, Guid flushId);

    [LoggerMessage(1307, LogLevel.Warning, "The time of the last flush could not be kept; the next flush may come early.")]
    public static partial void ScheduleNotKept(ILogger logger, Exception exception);

    [LoggerMessage(1308, LogLevel.Warning, "Retention could not be applied; the next flush tries again.")]
    public static partial void RetentionFailed(ILogger logger, Exception exception);

    [LoggerMessage(1309, LogLevel.Warning, "The time of the last flush could not be read; this instance goes by its own last flush. Logged once until it can be.")]
    public static partial void ScheduleNotRead(ILogger logger, Exception exception);

    [LoggerMessage(1310, LogLevel.Error, "The books do not add up: {Missing} events are missing, in {Gaps} gaps. GET /metrics/ledger says which.")]
    public static partial void Unbalanced(ILogger logger, long missing, int gaps);

    [LoggerMessage(1311, LogLevel.Warning, "The books could not be drawn up; the next flush tries again.")]
    public static partial void LedgerNotDrawnUp(ILogger logger, Exception exception);

    [LoggerMessage(1312, LogLevel.Warning, "{FileName} is no segment and was passed over in this flush: {Cause}")]
    public static partial void FilePassedOver(ILogger logger, string fileName, string cause);

    [LoggerMessage(1313, LogLevel.Warning, "The flush ended early: another one, or an attempt of this one that was given up, holds the store.")]
    public static partial void StoreHeld(ILogger logger);
}
