using System.Globalization;
using System.Text;

namespace FunctionsMonitor.LoadTest.Bodies;

/// <summary>
/// Events are numbered; the last twelve digits of an event's id are its number, the others are those of the run. So no event is like another, and
/// whatever comes back can be told apart.
/// </summary>
internal static class EventNumber
{
    /// <summary>Hexadecimal digits of a number.</summary>
    public const int Digits = 12;

    /// <summary>Characters of an id.</summary>
    public const int IdLength = 36;

    private static ReadOnlySpan<byte> HexDigits => "0123456789abcdef"u8;

    /// <summary>What the ids of a run begin with.</summary>
    public static string NewPrefix() => $"{Guid.NewGuid():D}"[..(IdLength - Digits)];

    /// <summary>Puts a number into its place.</summary>
    public static void Write(Span<byte> digits, long number)
    {
        for (var i = Digits - 1; i >= 0; i--)
        {
            digits[i] = HexDigits[(int)(number & 15)];
            number >>= 4;
        }
    }

    /// <summary>False for an id that is not of this run.</summary>
    public static bool TryRead(ReadOnlySpan<byte> id, string prefix, out long number)
    {
        number = 0;
        return id.Length == IdLength && Ascii.Equals(id[..prefix.Length], prefix)
            && long.TryParse(id[prefix.Length..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }
}
