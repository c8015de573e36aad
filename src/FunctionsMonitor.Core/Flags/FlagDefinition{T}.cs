namespace FunctionsMonitor.Flags;

/// <summary>A flag whose values are <typeparamref name="T"/>.</summary>
/// <param name="name"><c>MONITORING_*</c>.</param>
/// <param name="type">How its text is read.</param>
/// <param name="defaultValue">When no source says otherwise.</param>
/// <param name="description">For people.</param>
/// <param name="rule">What a value must be beyond its type, in words for the reason of a refusal.</param>
/// <param name="isValid">That rule.</param>
public sealed class FlagDefinition<T>(
    string name, FlagType type, T defaultValue, string description, string? rule = null, Func<T, bool>? isValid = null)
    : FlagDefinition(name, type, description)
    where T : notnull
{
    private readonly object boxedDefault = defaultValue;

    public T Default { get; } = defaultValue;

    public override string DefaultText => Format(boxedDefault);

    internal override object DefaultValue => boxedDefault;

    internal override object? Parse(string raw, out string? reason)
    {
        if (FlagText.Parse(Type, raw.Trim()) is not T value)
        {
            reason = $"{FlagText.Expected(Type)} is expected";
            return null;
        }

        reason = isValid is null || isValid(value) ? null : rule;
        return reason is null ? value : null;
    }

    internal bool IsValid(T value) => isValid is null || isValid(value);
}
