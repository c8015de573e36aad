namespace FunctionsMonitor.Flags;

/// <summary>Makes a snapshot of what the sources said. Pure, but for the last good values that it remembers.</summary>
internal sealed class FlagResolver
{
    private const int MaxShownCharacters = 100;
    private readonly Dictionary<(string Source, string Flag), object> lastGood = [];

    /// <param name="answers">In order of precedence; null for a source that never answered.</param>
    /// <param name="failures">What kept sources from answering, in words.</param>
    public FlagSnapshot Resolve(IReadOnlyList<(string Source, FlagSourceAnswer? Answer)> answers, IEnumerable<string> failures)
    {
        var unknown = answers.SelectMany(pair => (pair.Answer?.Values.Keys ?? []).Where(name => FlagSchema.Find(name) is null)
            .Select(name => $"{pair.Source} has {name}, which is no flag."));
        return new FlagSnapshot([.. FlagSchema.All.Select(flag => Resolve(flag, answers))], [.. failures, .. unknown]);
    }

    private FlagResolution Resolve(FlagDefinition flag, IReadOnlyList<(string Source, FlagSourceAnswer? Answer)> answers)
    {
        var ignored = new List<IgnoredValue>();
        foreach (var (source, answer) in answers)
        {
            if (answer is null || !answer.Values.TryGetValue(flag.Name, out var raw))
            {
                // The source says nothing about it (any more); an older good value must not come back by a later typo.
                lastGood.Remove((source, flag.Name));
                continue;
            }

            if (flag.Parse(raw, out var reason) is { } value)
            {
                lastGood[(source, flag.Name)] = value;
                return new(flag, value, source, answer.AnsweredAt, ignored);
            }

            var kept = lastGood.GetValueOrDefault((source, flag.Name));
            ignored.Add(new(source, raw.Length > MaxShownCharacters ? raw[..MaxShownCharacters] + "…" : raw, reason!, kept is not null));
            if (kept is not null)
                return new(flag, kept, source, answer.AnsweredAt, ignored);
        }

        return new(flag, flag.DefaultValue, "default", null, ignored);
    }
}
