namespace FunctionsMonitor.Events;

/// <summary>Why a text of the envelope cannot be kept as it is.</summary>
public enum TextFault : byte
{
    None,

    /// <summary>Absent or null.</summary>
    Missing,

    /// <summary>Not a JSON string.</summary>
    NotAString,

    Empty,

    TooLong,

    /// <summary>Control characters (U+0000 to U+001F, U+007F) or half a surrogate pair: not every store can hold those.</summary>
    Characters,
}
