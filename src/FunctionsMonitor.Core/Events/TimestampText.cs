using System.Text.Json;

namespace FunctionsMonitor.Events;

/// <summary>
/// Reads ISO 8601 times (the extended profile that System.Text.Json reads: a date, or date and time, with or without a fraction and an
/// offset). A time without an offset is UTC: what the server's own zone is must change nothing.
/// </summary>
internal static class TimestampText
{
    private const int DateLength = 10;

    /// <summary>Longer ones the reader does not take for a time either.</summary>
    private const int MaxEscapedLength = 256;

    public static bool TryRead(ref Utf8JsonReader reader, out long microseconds, out bool withoutOffset)
    {
        microseconds = 0;
        withoutOffset = false;
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length > MaxEscapedLength)
            return false;

        withoutOffset = reader.ValueIsEscaped ? HasNoOffsetUnescaped(ref reader) : HasNoOffset(reader.ValueSpan);
        if (withoutOffset)
        {
            if (!reader.TryGetDateTime(out var local) || local.Kind != DateTimeKind.Unspecified)
                return false;

            microseconds = EventTime.ToMicroseconds(new DateTimeOffset(local, TimeSpan.Zero));
            return true;
        }

        if (!reader.TryGetDateTimeOffset(out var time))
            return false;

        microseconds = EventTime.ToMicroseconds(time);
        return true;
    }

    private static bool HasNoOffset(ReadOnlySpan<byte> text) =>
        text.Length <= DateLength || (text[^1] is not ((byte)'Z' or (byte)'z') && !text[DateLength..].ContainsAny((byte)'+', (byte)'-'));

    /// <summary>System.Text.Json writes the plus sign of a text as an escape: a client that formats its own times sends those.</summary>
    private static bool HasNoOffsetUnescaped(ref Utf8JsonReader reader)
    {
        Span<byte> text = stackalloc byte[MaxEscapedLength];
        return EventText.TryUnescape(ref reader, text, out var length) && HasNoOffset(text[..length]);
    }
}
