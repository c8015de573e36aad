using FunctionsMonitor.Events;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>An event and where it was found.</summary>
internal readonly record struct PlacedEvent(Guid SegmentId, int Position, MonitoringEvent Event);
