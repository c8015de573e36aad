using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FunctionsMonitor.Flags.AppConfiguration;

/// <summary>
/// One feature flag, evaluated by Microsoft.FeatureManagement, each in a manager of its own: what is wrong with one cannot touch another. Made
/// once for a version of its setting; evaluated on every refresh, for its filters go by the time.
/// </summary>
internal sealed class FeatureFlag : IDisposable
{
    private const string TimeWindow = "Microsoft.TimeWindow";
    private const string Targeting = "Microsoft.Targeting";
    private const string Percentage = "Microsoft.Percentage";
    private const string Namespace = "Microsoft.";
    private readonly string name;
    private readonly ConfigurationFeatureDefinitionProvider definitions;
    private readonly FeatureManager manager;

    private FeatureFlag(string name, string json, TimeProvider time)
    {
        this.name = name;
        // The only shape that is not silently false, with the value as it is.
        var shaped = Encoding.UTF8.GetBytes($$"""{ "feature_management": { "feature_flags": [ {{json}} ] } }""");
        definitions = new(new ConfigurationBuilder().AddJsonStream(new MemoryStream(shaped)).Build());
        manager = new(definitions)
        {
            FeatureFilters =
            [
                new TimeWindowFilter(NullLoggerFactory.Instance) { SystemClock = time },
                new ContextualTargetingFilter(Options.Create(new TargetingEvaluationOptions()), NullLoggerFactory.Instance),
            ],
        };
    }

    /// <summary>Reads the value of a setting.</summary>
    /// <param name="name">Which flag the setting's key says it is.</param>
    /// <param name="setting">The setting.</param>
    /// <param name="time">What filters go by.</param>
    /// <param name="refusal">Why there is none.</param>
    public static FeatureFlag? Parse(string name, RemoteSetting setting, TimeProvider time, out string? refusal)
    {
        if (!ContentTypes.TryParse(setting.ContentType, out var mediaType) || !mediaType.Equals(ContentTypes.FeatureFlag, StringComparison.OrdinalIgnoreCase))
        {
            refusal = $"the content type of a feature flag is expected ({ContentTypes.FeatureFlag})";
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(setting.Value ?? "");
            refusal = RefusalOf(name, document.RootElement);
            return refusal is null ? new(name, document.RootElement.GetRawText(), time) : null;
        }
        catch (JsonException)
        {
            refusal = "it is no JSON";
            return null;
        }
        catch (Exception exception) when (exception is FormatException or InvalidDataException)
        {
            // Two members of one name, in whatever case.
            refusal = exception.Message;
            return null;
        }
    }

    /// <summary>What it says now: a variant's value, else for a bool whether it is on.</summary>
    public async ValueTask<SettingReading> EvaluateAsync(FlagType type, TargetingContext context, CancellationToken cancellationToken)
    {
        try
        {
            var variant = await manager.GetVariantAsync(name, context, cancellationToken).ConfigureAwait(false);
            if (variant?.Configuration is { } configured && (configured.Value is not null || configured.GetChildren().Any()))
                return configured.Value is { } text ? SettingReading.Of(text) : SettingReading.Refused($"the value of its variant '{variant.Name}' is no text, number, true or false");

            var on = await manager.IsEnabledAsync(name, context, cancellationToken).ConfigureAwait(false);
            if (type == FlagType.Bool)
                return SettingReading.Of(on ? "true" : "false");
            return on ? SettingReading.Refused($"it is on and has no variant with a value: {FlagText.Expected(type)} is expected") : SettingReading.Nothing;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The library's own words: which filter's parameter is wrong, which variant is not there.
            return SettingReading.Refused(exception.Message);
        }
    }

    public void Dispose() => definitions.Dispose();

    private static string? RefusalOf(string name, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return "a JSON object is expected";
        if (!root.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.String || id.GetString() != name)
            return $"its id is not '{name}', as its key says; the library would take that for off";
        // Nobody asks the filters of a flag that is off.
        if (!root.TryGetProperty("enabled", out var enabled) || !IsTrue(enabled))
            return null;

        return FilterNames(root).Select(filter => filter switch
        {
            _ when Is(filter, Percentage) => $"a percentage filter is not supported: it rolls dice for every refresh and instance; use {Targeting}, or variants by percentile",
            _ when Is(filter, TimeWindow) || Is(filter, Targeting) => null,
            _ => $"its filter '{filter}' is not supported; {TimeWindow} and {Targeting} are",
        }).FirstOrDefault(refusal => refusal is not null);
    }

    private static bool IsTrue(JsonElement enabled) =>
        enabled.ValueKind == JsonValueKind.True
        || (enabled.ValueKind == JsonValueKind.String && "true".Equals(enabled.GetString(), StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string?> FilterNames(JsonElement root) =>
        root.TryGetProperty("conditions", out var conditions) && conditions.ValueKind == JsonValueKind.Object
        && conditions.TryGetProperty("client_filters", out var filters) && filters.ValueKind == JsonValueKind.Array
            ? filters.EnumerateArray().Select(filter =>
                filter.ValueKind == JsonValueKind.Object && filter.TryGetProperty("name", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null)
            : [];

    // As the library matches them: in any case, and without the namespace too.
    private static bool Is(string? filter, string known) =>
        known.Equals(filter, StringComparison.OrdinalIgnoreCase) || known[Namespace.Length..].Equals(filter, StringComparison.OrdinalIgnoreCase);
}
