using System.Text.Json;

namespace FunctionsMonitor.Flags.AppConfiguration;

/// <summary>Reads the settings out of the body of an answer (<c>GET /kv</c>).</summary>
/// <remarks>
/// Not from what the client makes of it: its type of a feature flag writes the value anew when it is asked for it, and a filter without a name
/// is left out of that with all others, so that a flag which nobody should have would be on for everybody.
/// </remarks>
public static class SettingsPageBody
{
    /// <exception cref="SettingsReadException">It is no list of settings.</exception>
    public static IReadOnlyList<RemoteSetting> Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return [.. document.RootElement.GetProperty("items").EnumerateArray().Select(Parse)];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new SettingsReadException(SettingsReadFault.Unavailable, "an answer that is no list of settings", inner: exception);
        }
    }

    private static RemoteSetting Parse(JsonElement item) => new(
        item.GetProperty("key").GetString() ?? throw new JsonException("A setting has no key."),
        // Both stand for none.
        Text(item, "label") is { Length: > 0 } label ? label : null,
        Text(item, "value"), Text(item, "content_type"), Text(item, "etag"));

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.GetString() : null;
}
