using System.Text.Json;

namespace FunctionsMonitor.Events;

/// <summary>One field of an event's envelope as it was received.</summary>
/// <param name="State">Whether it was there.</param>
/// <param name="Kind">Its first JSON token.</param>
/// <param name="Json">Its JSON, quotes and all.</param>
public readonly record struct EventField(FieldState State, JsonTokenType Kind, ReadOnlyMemory<byte> Json)
{
    /// <summary>There, and not null.</summary>
    public bool HasValue => State != FieldState.Missing && Kind != JsonTokenType.Null;
}
