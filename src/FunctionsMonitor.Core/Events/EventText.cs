using System.Text.Json;

namespace FunctionsMonitor.Events;

/// <summary>Reads the short texts of the envelope without making strings of them.</summary>
internal static class EventText
{
    public const int MaxTypeCharacters = 50;
    public const int MaxSourceCharacters = 100;

    /// <summary>A character of up to four bytes may be written as twelve (two escapes).</summary>
    private const int MaxEscapedBytesPerCharacter = 12;

    /// <summary>What an event is called that has no type that can be kept.</summary>
    public static ReadOnlySpan<byte> Unknown => "unknown"u8;

    /// <summary>The value under the reader as UTF-8: a slice of the JSON where nothing is escaped, else unescaped into the scratch.</summary>
    public static ReadOnlyMemory<byte>? Read(
        ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, byte[] scratch, int maxCharacters, out TextFault fault)
    {
        fault = reader.TokenType switch
        {
            JsonTokenType.Null => TextFault.Missing,
            JsonTokenType.String => TextFault.None,
            _ => TextFault.NotAString,
        };
        if (fault != TextFault.None)
            return null;

        var raw = reader.ValueSpan;
        if (raw.Length > maxCharacters * MaxEscapedBytesPerCharacter)
        {
            fault = TextFault.TooLong;
            return null;
        }

        ReadOnlyMemory<byte> text;
        if (!reader.ValueIsEscaped)
            text = json.Slice((int)reader.TokenStartIndex + 1, raw.Length);
        else if (TryUnescape(ref reader, scratch, out var length))
            text = scratch.AsMemory(0, length);
        else
        {
            fault = TextFault.Characters;
            return null;
        }

        fault = Judge(text.Span, maxCharacters);
        if (fault != TextFault.None)
            return null;

        // No conditional expression: its null would be an empty memory, by way of the conversion from an array.
        return text;
    }

    /// <summary>Whether an unescaped text can be kept.</summary>
    public static TextFault Judge(ReadOnlySpan<byte> text, int maxCharacters)
    {
        if (text.IsEmpty)
            return TextFault.Empty;
        if (text.ContainsAnyInRange((byte)0, (byte)0x1F) || text.Contains((byte)0x7F))
            return TextFault.Characters;

        return text.Length > maxCharacters && CountCharacters(text) > maxCharacters ? TextFault.TooLong : TextFault.None;
    }

    public static int CountCharacters(ReadOnlySpan<byte> text)
    {
        // Continuation bytes (10xxxxxx) are not characters.
        var characters = text.Length;
        foreach (var b in text)
            characters -= (b & 0xC0) == 0x80 ? 1 : 0;
        return characters;
    }

    private static bool TryUnescape(ref Utf8JsonReader reader, byte[] scratch, out int length)
    {
        length = 0;
        if (reader.ValueSpan.Length <= scratch.Length)
        {
            try
            {
                length = reader.CopyString(scratch);
                return true;
            }
            catch (InvalidOperationException)
            {
                // The only thing CopyString refuses in a well-formed string: an escape that is half a surrogate pair.
                return false;
            }
        }

        var larger = new byte[reader.ValueSpan.Length];
        if (!TryUnescape(ref reader, larger, out length))
            return false;
        if (length > scratch.Length)
            return false;

        larger.AsSpan(0, length).CopyTo(scratch);
        return true;
    }
}
