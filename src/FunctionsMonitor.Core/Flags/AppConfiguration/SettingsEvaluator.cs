using Microsoft.FeatureManagement.FeatureFilters;

namespace FunctionsMonitor.Flags.AppConfiguration;

/// <summary>
/// Makes the values of flags out of settings. For one flag there may be four: the feature flag and the key-value, each with our label and
/// without; the first of these that says something usable wins. One that cannot be used is represented by the last good one of the same key
/// and label. Not thread-safe.
/// </summary>
internal sealed class SettingsEvaluator(AppConfigurationOptions options, TimeProvider time) : IDisposable
{
    public const string FeatureFlagPrefix = ".appconfig.featureflag/";
    public const string KeyValuePrefix = "FunctionsMonitor:";
    private readonly TargetingContext context = new() { UserId = options.TargetingUser, Groups = options.Groups };
    private Dictionary<(string Key, string? Label), RemoteSetting> good = [];
    private Dictionary<RemoteSetting, (FeatureFlag? Flag, string? Refusal)> featureFlags = [];

    /// <summary>What may be kept for another life: of each setting the last that could be used, in a fixed order.</summary>
    public IReadOnlyList<RemoteSetting> Good =>
        [.. good.Values.OrderBy(setting => setting.Key, StringComparer.Ordinal).ThenBy(setting => setting.Label, StringComparer.Ordinal)];

    /// <summary>Takes over what an earlier life kept; what was good since then stays.</summary>
    public void Remember(IEnumerable<RemoteSetting> settings)
    {
        foreach (var setting in settings.Where(IsOurs))
            good.TryAdd((setting.Key, setting.Label), setting);
    }

    /// <param name="settings">All of them; what is not among them is forgotten.</param>
    /// <param name="answeredAt">When they were sent.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<FlagSourceAnswer> EvaluateAsync(
        IReadOnlyList<RemoteSetting> settings, DateTimeOffset answeredAt, CancellationToken cancellationToken)
    {
        var ours = settings.Where(IsOurs).GroupBy(setting => (setting.Key, setting.Label)).ToDictionary(group => group.Key, group => group.First());
        good = good.Where(pair => ours.ContainsKey(pair.Key)).ToDictionary();
        Dictionary<string, string> values = [];
        Dictionary<string, string> versions = [];
        List<(string, IgnoredValue)> refused = [];
        foreach (var name in ours.Keys.Select(key => NameOf(key.Key)).Distinct())
        {
            if (FlagSchema.Find(name) is not { } flag)
            {
                // No flag of ours. Said as it is, so that it is reported.
                values[name] = ours.Values.First(setting => NameOf(setting.Key) == name).Value ?? "";
                continue;
            }

            // All four, although the first that says something wins: a later one is no less good for that, and may be needed when the first goes.
            foreach (var key in Precedence(name).Where(ours.ContainsKey))
            {
                if (await ReadAsync(flag, ours[key], refused, cancellationToken).ConfigureAwait(false) is { } said && values.TryAdd(name, said.Text) && said.Version is not null)
                    versions[name] = said.Version;
            }
        }

        Forget([.. ours.Values, .. good.Values]);
        return new(values, answeredAt) { Versions = versions, Refused = refused };
    }

    public void Dispose() => Forget([]);

    private bool IsOurs(RemoteSetting setting) =>
        (setting.Label is null || setting.Label == options.Label)
        && NameOf(setting.Key).StartsWith(EnvironmentFlagSource.Prefix, StringComparison.Ordinal);

    private static string NameOf(string key) =>
        key.StartsWith(FeatureFlagPrefix, StringComparison.Ordinal) ? key[FeatureFlagPrefix.Length..]
        : key.StartsWith(KeyValuePrefix, StringComparison.Ordinal) ? key[KeyValuePrefix.Length..]
        : "";

    private IEnumerable<(string Key, string? Label)> Precedence(string name)
    {
        foreach (var prefix in (string[])[FeatureFlagPrefix, KeyValuePrefix])
        {
            if (options.Label is not null)
                yield return (prefix + name, options.Label);
            yield return (prefix + name, null);
        }
    }

    /// <summary>What a setting, or the last good one of its key and label, says; null for nothing.</summary>
    private async ValueTask<(string Text, string? Version)?> ReadAsync(
        FlagDefinition flag, RemoteSetting setting, List<(string, IgnoredValue)> refused, CancellationToken cancellationToken)
    {
        var identity = (setting.Key, setting.Label);
        var reading = await ReadAsync(flag, setting, cancellationToken).ConfigureAwait(false);
        if (reading.Refusal is { } reason)
        {
            var kept = good.GetValueOrDefault(identity);
            var last = kept is null ? SettingReading.Nothing : await ReadAsync(flag, kept, cancellationToken).ConfigureAwait(false);
            var where = setting.Label is null ? setting.Key : $"{setting.Key}, label {setting.Label}";
            refused.Add((flag.Name, IgnoredValue.Of(AppConfigurationFlagSource.SourceName, setting.Value ?? "", $"{where}: {reason}", last.Text is not null)));
            return last.Text is null ? null : (last.Text, kept!.Tag);
        }

        good[identity] = setting;
        return reading.Text is null ? null : (reading.Text, setting.Tag);
    }

    private async ValueTask<SettingReading> ReadAsync(FlagDefinition flag, RemoteSetting setting, CancellationToken cancellationToken)
    {
        var reading = setting.Key.StartsWith(FeatureFlagPrefix, StringComparison.Ordinal)
            ? await ReadFeatureFlagAsync(flag, setting, cancellationToken).ConfigureAwait(false)
            : KeyValue.Read(setting);
        return reading.Text is null || flag.Parse(reading.Text, out var reason) is not null ? reading : SettingReading.Refused(reason!);
    }

    private async ValueTask<SettingReading> ReadFeatureFlagAsync(FlagDefinition flag, RemoteSetting setting, CancellationToken cancellationToken)
    {
        if (!featureFlags.TryGetValue(setting, out var parsed))
        {
            parsed = (FeatureFlag.Parse(flag.Name, setting, time, out var refusal), refusal);
            featureFlags.Add(setting, parsed);
        }

        return parsed.Flag is { } feature
            ? await feature.EvaluateAsync(flag.Type, context, cancellationToken).ConfigureAwait(false)
            : SettingReading.Refused(parsed.Refusal!);
    }

    private void Forget(HashSet<RemoteSetting> except)
    {
        foreach (var (_, (flag, _)) in featureFlags.Where(pair => !except.Contains(pair.Key)))
            flag?.Dispose();
        featureFlags = featureFlags.Where(pair => except.Contains(pair.Key)).ToDictionary();
    }
}
