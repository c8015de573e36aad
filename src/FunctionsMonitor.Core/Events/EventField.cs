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

    /// <summary>Its JSON; null when it was not there.</summary>
    public ReadOnlyMemory<byte>? JsonOrNull
    {
        get
        {
            // Not one conditional expression: there null would become an empty memory, by way of a null array.
            if (State == FieldState.Missing)
                return null;

            return Json;
        }
    }
}
