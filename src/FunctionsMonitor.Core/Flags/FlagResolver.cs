namespace FunctionsMonitor.Flags;

/// <summary>Makes a snapshot of what the sources said. Pure, but for the last good values that it remembers.</summary>
internal sealed class FlagResolver
{
    private readonly Dictionary<(string Source, string Flag), (object Value, string? Version)> lastGood = [];

    /// <param name="answers">In order of precedence; null for a source that never answered.</param>
    /// <param name="failures">What kept sources from answering, in words.</param>
    public FlagSnapshot Resolve(IReadOnlyList<(string Source, FlagSourceAnswer? Answer)> answers, IEnumerable<string> failures)
    {
        var own = answers.SelectMany(pair => pair.Answer?.Problems ?? []);
        var unknown = answers.SelectMany(pair => (pair.Answer?.Values.Keys ?? []).Where(name => FlagSchema.Find(name) is null)
            .Select(name => $"{pair.Source} has {name}, which is no flag."));
        return new FlagSnapshot([.. FlagSchema.All.Select(flag => Resolve(flag, answers))], [.. failures, .. own, .. unknown]);
    }

    private FlagResolution Resolve(FlagDefinition flag, IReadOnlyList<(string Source, FlagSourceAnswer? Answer)> answers)
    {
        var ignored = new List<IgnoredValue>();
        foreach (var (source, answer) in answers)
        {
            ignored.AddRange((answer?.Refused ?? []).Where(refused => refused.Flag == flag.Name).Select(refused => refused.Value));
            if (answer is null || !answer.Values.TryGetValue(flag.Name, out var raw))
            {
                // The source says nothing about it (any more); an older good value must not come back by a later typo.
                lastGood.Remove((source, flag.Name));
                continue;
            }

            var version = answer.Versions.GetValueOrDefault(flag.Name);
            if (flag.Parse(raw, out var reason) is { } value)
            {
                lastGood[(source, flag.Name)] = (value, version);
                return new(flag, value, source, answer.AnsweredAt, ignored) { Version = version };
            }

            var isKept = lastGood.TryGetValue((source, flag.Name), out var kept);
            ignored.Add(IgnoredValue.Of(source, raw, reason!, isKept));
            if (isKept)
                return new(flag, kept.Value, source, answer.AnsweredAt, ignored) { Version = kept.Version };
        }

        return new(flag, flag.DefaultValue, "default", null, ignored);
    }
}
