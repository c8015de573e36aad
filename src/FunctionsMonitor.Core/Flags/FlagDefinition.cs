using System.Globalization;

namespace FunctionsMonitor.Flags;

/// <summary>One flag: what it is called, what it may be, and what it is when nobody says.</summary>
public abstract class FlagDefinition(string name, FlagType type, string description)
{
    public string Name { get; } = name;

    public FlagType Type { get; } = type;

    public string Description { get; } = description;

    /// <summary>Its place in a snapshot; given by the schema.</summary>
    internal int Index { get; set; } = -1;

    /// <summary>The default as text.</summary>
    public abstract string DefaultText { get; }

    internal abstract object DefaultValue { get; }

    /// <summary>Reads a raw value; null with a reason when it is none that this flag can have.</summary>
    internal abstract object? Parse(string raw, out string? reason);

    internal static string Format(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
