using System.Net.Mime;
using System.Text.Json;

namespace FunctionsMonitor.Flags.AppConfiguration;

/// <summary>Reads a plain key-value: its text, or with a JSON content type its JSON's.</summary>
internal static class KeyValue
{
    public static SettingReading Read(RemoteSetting setting)
    {
        if (setting.Value is not { } value)
            return SettingReading.Nothing;
        if (!ContentTypes.TryParse(setting.ContentType, out var mediaType))
            return SettingReading.Of(value);
        // What is behind a reference is a secret; nothing here asks for it.
        if (mediaType.StartsWith("application/vnd.microsoft.appconfig.", StringComparison.OrdinalIgnoreCase))
            return SettingReading.Refused($"a text or JSON is expected, and the content type is '{mediaType}'");

        return mediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
            || mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
            ? ReadJson(value)
            : SettingReading.Of(value);
    }

    private static SettingReading ReadJson(string value)
    {
        try
        {
            using var document = JsonDocument.Parse(value);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.String => SettingReading.Of(document.RootElement.GetString()!),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => SettingReading.Of(document.RootElement.GetRawText()),
                JsonValueKind.Null => SettingReading.Nothing,
                _ => SettingReading.Refused("a JSON text, number, true or false is expected"),
            };
        }
        catch (JsonException)
        {
            return SettingReading.Refused("the content type says JSON, and it is none");
        }
    }
}
