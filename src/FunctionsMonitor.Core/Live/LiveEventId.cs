using System.Globalization;

namespace FunctionsMonitor.Live;

/// <summary>
/// An event's place in a stream: <c>{received_at in microseconds since the Unix epoch}-{event_id, 32 hexadecimal digits}</c>. All instances give
/// an event the same one, so that a client can come back to another instance.
/// </summary>
public readonly record struct LiveEventId(long ReceivedAt, Guid EventId)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ReceivedAt}-{EventId:N}");

    /// <summary>False for anything that <see cref="ToString"/> would not have written.</summary>
    public static bool TryParse(string? text, out LiveEventId id)
    {
        id = default;
        var dash = text?.IndexOf('-', StringComparison.Ordinal) ?? -1;
        if (dash < 1
            || !long.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var receivedAt)
            || !Guid.TryParseExact(text.AsSpan(dash + 1), "N", out var eventId))
            return false;

        id = new(receivedAt, eventId);
        return id.ToString() == text;
    }
}
