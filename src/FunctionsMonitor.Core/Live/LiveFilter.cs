using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Live;

/// <summary>Which events a subscriber wants. Null is all.</summary>
public readonly record struct LiveFilter(string? Type, string? Source)
{
    internal bool Matches(StoredEvent item) => (Type is null || Type == item.Type) && (Source is null || Source == item.Source);
}
