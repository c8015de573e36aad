using System.Globalization;

namespace FunctionsMonitor.Flags;

/// <summary>Reads the text of a flag. What is not clearly a value is none: a typo must not silently mean false.</summary>
internal static class FlagText
{
    public static object? Parse(FlagType type, string text) => type switch
    {
        FlagType.Bool => ParseBool(text),
        FlagType.Int => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
        FlagType.Float => double.TryParse(
            text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture,
            out var number) && double.IsFinite(number)
            ? number
            : null,
        _ => text,
    };

    public static string Expected(FlagType type) => type switch
    {
        FlagType.Bool => "true, 1, yes or on, or false, 0, no or off",
        FlagType.Int => "a whole number",
        FlagType.Float => "a number",
        _ => "a text",
    };

    private static object? ParseBool(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "1" or "YES" or "ON" => true,
        "FALSE" or "0" or "NO" or "OFF" => false,
        _ => null,
    };
}
