using System.Text.Json;

namespace FunctionsMonitor.LoadTest.Rivals;

/// <summary>An event as the naive endpoint sees it.</summary>
internal sealed record NaiveEvent(Guid EventId, string EventType, DateTimeOffset Timestamp, string Source, JsonElement Data);
