namespace FunctionsMonitor.Flags.AppConfiguration;

/// <summary>Which settings to list, in App Configuration's own terms.</summary>
/// <param name="KeyFilter">A key, or its beginning and a <c>*</c>.</param>
/// <param name="LabelFilter">Labels, separated by commas; <c>\0</c> stands for none.</param>
public sealed record SettingsQuery(string KeyFilter, string LabelFilter)
{
    public const string NoLabel = "\0";
}
