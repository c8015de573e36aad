using System.Text.Json;
using FunctionsMonitor.Local.Startup;

namespace FunctionsMonitor.Local.Configuration;

/// <summary>
/// <c>local.settings.json</c>, in the format of Azure Functions Core Tools. What is in <c>Values</c> is environment, as it is there: a
/// variable the process has already wins. So a <c>MONITORING_*</c> entry is an environment value of its flag on both hosts.
/// </summary>
internal sealed class LocalSettingsFile
{
    public const string FileName = "local.settings.json";
    private static readonly JsonDocumentOptions JsonOptions = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private LocalSettingsFile(IReadOnlyDictionary<string, string> variables) => Variables = variables;

    /// <summary>Environment variables by name; a connection string <c>X</c> is <c>ConnectionStrings__X</c>.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>Reads the file; nothing when there is none.</summary>
    /// <exception cref="StartException">It is there and cannot be used.</exception>
    public static LocalSettingsFile Read(string path)
    {
        if (!File.Exists(path))
            return new(new Dictionary<string, string>());

        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{FileName} cannot be read: {exception.Message}", exception);
        }
    }

    public static LocalSettingsFile Parse(ReadOnlyMemory<byte> content)
    {
        try
        {
            // An editor on Windows may have put a byte order mark in front.
            var json = content.Span.StartsWith("\uFEFF"u8) ? content[3..] : content;
            using var document = JsonDocument.Parse(json, JsonOptions);
            return new(Flatten(document.RootElement));
        }
        catch (JsonException exception)
        {
            throw new StartException($"{FileName} is not JSON: {exception.Message}", exception);
        }
    }

    /// <summary>Gives the process every variable it does not have.</summary>
    public void ExportToEnvironment()
    {
        foreach (var (name, value) in Variables)
        {
            if (Environment.GetEnvironmentVariable(name) is null)
                Environment.SetEnvironmentVariable(name, value);
        }
    }

    private static Dictionary<string, string> Flatten(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new StartException($"{FileName} must be a JSON object.");
        if (root.TryGetProperty("IsEncrypted", out var encrypted) && encrypted.ValueKind == JsonValueKind.True)
            throw new StartException($"{FileName} is encrypted; run 'func settings decrypt' first.");

        var variables = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (root.TryGetProperty("Values", out var values))
        {
            foreach (var property in Members(values, "Values"))
                variables[Name(property.Name)] = Scalar(property.Value, $"Values:{property.Name}");
        }

        if (root.TryGetProperty("ConnectionStrings", out var connections))
        {
            foreach (var property in Members(connections, "ConnectionStrings"))
                variables[Name($"ConnectionStrings:{property.Name}")] = ConnectionString(property);
        }

        return variables;
    }

    private static JsonElement.ObjectEnumerator Members(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : throw new StartException($"{name} in {FileName} must be an object.");

    /// <summary>A colon cannot be in a variable's name everywhere; configuration reads two underscores as one.</summary>
    private static string Name(string key) => key.Replace(":", "__", StringComparison.Ordinal);

    /// <summary>Either the string, or Core Tools' longer form <c>{ConnectionString, ProviderName}</c>.</summary>
    private static string ConnectionString(JsonProperty property) =>
        property.Value.ValueKind == JsonValueKind.Object && property.Value.TryGetProperty("ConnectionString", out var inner)
            ? Scalar(inner, $"ConnectionStrings:{property.Name}")
            : Scalar(property.Value, $"ConnectionStrings:{property.Name}");

    private static string Scalar(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw new StartException($"{name} in {FileName} must be a string."),
    };
}
