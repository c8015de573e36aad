using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Local.Access;

/// <summary>All three keys or none, each one hard to guess and each one different. No message contains a key.</summary>
internal sealed class KeysOptionsValidator : IValidateOptions<KeysOptions>
{
    public ValidateOptionsResult Validate(string? name, KeysOptions options)
    {
        if (!options.Any)
            return ValidateOptionsResult.Success;

        (string Name, string? Value)[] keys =
            [(nameof(options.Ingest), options.Ingest), (nameof(options.Read), options.Read), (nameof(options.Operate), options.Operate)];
        var faults = new List<string>();
        foreach (var key in keys)
        {
            if (Fault(key.Value) is { } fault)
                faults.Add($"{KeysOptions.Section}:{key.Name} {fault}.");
        }

        foreach (var same in keys.Where(key => !string.IsNullOrEmpty(key.Value)).GroupBy(key => key.Value).Where(group => group.Count() > 1))
        {
            var names = string.Join(" and ", same.Select(key => $"{KeysOptions.Section}:{key.Name}"));
            faults.Add($"{names} are the same; each must be different.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static string? Fault(string? value) => value switch
    {
        null or "" => "is missing; give all three keys or none",
        { Length: < KeysOptions.MinLength } => $"has {value.Length} characters; it must have at least {KeysOptions.MinLength}",
        { Length: > KeysOptions.MaxLength } => $"has {value.Length} characters; it must have at most {KeysOptions.MaxLength}",
        _ when value.Any(character => character is <= ' ' or > '~') => "has a character that a header cannot carry; use letters, digits and punctuation",
        _ => null,
    };
}
