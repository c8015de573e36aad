using System.Globalization;

namespace FunctionsMonitor.Http.Binding;

/// <summary>Gives each set of filters one name of its own, to bind cursors to.</summary>
internal static class Filters
{
    /// <summary>NUL cannot be in a parameter, so no two sets have the same name.</summary>
    public static string Name(params object?[] parts) =>
        string.Join('\0', parts.Select(part => part is null ? "" : "=" + Convert.ToString(part, CultureInfo.InvariantCulture)));
}
