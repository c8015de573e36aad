namespace FunctionsMonitor.Storage.Postgres;

/// <summary>What becomes of one segment's events.</summary>
internal readonly record struct DirectCounts(int Stored, int Duplicates, int Dead, int Expired);
