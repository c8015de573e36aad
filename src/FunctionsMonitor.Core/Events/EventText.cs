using System.Text;
using System.Text.Json;

namespace FunctionsMonitor.Events;

/// <summary>Reads the short texts of the envelope without making strings of them.</summary>
internal static class EventText
{
    public const int MaxTypeCharacters = 50;
    public const int MaxSourceCharacters = 100;

    /// <summary>A character of up to four bytes may be written as twelve (two escapes).</summary>
    private const int MaxEscapedBytesPerCharacter = 12;

    private const int MaxShownNameBytes = 64;

    /// <summary>What an event is called that has no type that can be kept.</summary>
    public static ReadOnlySpan<byte> Unknown => "unknown"u8;

    /// <summary>The name of a member, as a message shows it.</summary>
    public static string Show(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name[..Math.Min(name.Length, MaxShownNameBytes)]);

    /// <summary>
    /// The value under the reader as UTF-8: a slice of the JSON where nothing is escaped, else unescaped into the scratch, or an array of its own
    /// where it is written at greater length than that.
    /// </summary>
    public static ReadOnlyMemory<byte>? Read(
        ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, byte[] scratch, int maxCharacters, out TextFault fault)
    {
        fault = FaultOf(reader.TokenType);
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
        else
        {
            var room = raw.Length <= scratch.Length ? scratch : new byte[raw.Length];
            if (!TryUnescape(ref reader, room, out var length))
            {
                fault = TextFault.Characters;
                return null;
            }

            text = room.AsMemory(0, length);
        }

        fault = Judge(text.Span, maxCharacters);
        if (fault != TextFault.None)
            return null;

        // No conditional expression: its null would be an empty memory, by way of the conversion from an array.
        return text;
    }

    /// <summary>What keeps a value from being a text.</summary>
    public static TextFault FaultOf(JsonTokenType token) => token switch
    {
        JsonTokenType.Null => TextFault.Missing,
        JsonTokenType.String => TextFault.None,
        _ => TextFault.NotAString,
    };

    /// <summary>The string under the reader; false when an escape in it is half a surrogate pair.</summary>
    /// <param name="reader">On a string of well-formed JSON.</param>
    /// <param name="into">At least as long as the string is written.</param>
    /// <param name="length">Of what was written.</param>
    public static bool TryUnescape(ref Utf8JsonReader reader, scoped Span<byte> into, out int length)
    {
        length = 0;
        try
        {
            length = reader.CopyString(into);
            return true;
        }
        catch (InvalidOperationException)
        {
            // The only thing CopyString refuses in a well-formed string.
            return false;
        }
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
}
