namespace FunctionsMonitor.Flushing;

/// <summary>A range of rollups, in minutes since the Unix epoch.</summary>
/// <param name="FromMinute">Inclusive.</param>
/// <param name="ToMinute">Exclusive.</param>
/// <param name="BucketMinutes">1, 5 or 60; 0 merges the whole range into one row per type (with bucket = <paramref name="FromMinute"/>).</param>
/// <param name="Limit">Rows at most, the first ones.</param>
public sealed record ValidationQuery(long FromMinute, long ToMinute, int BucketMinutes, int Limit = int.MaxValue);
