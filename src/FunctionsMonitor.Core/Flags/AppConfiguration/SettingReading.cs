namespace FunctionsMonitor.Flags.AppConfiguration;

/// <summary>What a setting says about its flag now.</summary>
/// <param name="Text">Null when it says nothing.</param>
/// <param name="Refusal">Why it cannot be used; null when it can.</param>
internal readonly record struct SettingReading(string? Text, string? Refusal)
{
    public static SettingReading Nothing => default;

    public static SettingReading Of(string text) => new(text, null);

    public static SettingReading Refused(string reason) => new(null, reason);
}
