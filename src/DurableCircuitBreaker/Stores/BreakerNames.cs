namespace DurableCircuitBreaker.Stores;

/// <summary>What a breaker may be called: what a file name, a table key and a URL can all carry as it is. For those who write a store.</summary>
public static class BreakerNames
{
    /// <summary>A breaker's own name has 64 at most; a dry run's has a suffix.</summary>
    public const int MaxStoreLength = 80;

    public static bool IsValid(string? name, int maxLength) =>
        name is { Length: > 0 } && name.Length <= maxLength && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '~' or '-');

    /// <exception cref="ArgumentException">No store has to keep anything under this name.</exception>
    public static void ThrowIfInvalid(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!IsValid(name, MaxStoreLength))
            throw new ArgumentException($"'{name}' is not 1 to {MaxStoreLength} characters of A-Z a-z 0-9 . _ ~ - that do not begin with a dot.", nameof(name));
    }
}
