namespace FunctionsMonitor.Storage;

/// <summary>Why a store did not take one event.</summary>
/// <param name="Reason">As <see cref="DeadLetters.DeadLetter.Reason"/>.</param>
/// <param name="Detail">In words; kept are the first 500 characters.</param>
internal readonly record struct RowRefusal(string Reason, string Detail)
{
    private const int MaxDetailCharacters = 500;

    public string Detail { get; } = Shorten(Detail);

    private static string Shorten(string text)
    {
        if (text.Length <= MaxDetailCharacters)
            return text;

        // Half a surrogate pair is no text.
        return text[..(char.IsHighSurrogate(text[MaxDetailCharacters - 1]) ? MaxDetailCharacters - 1 : MaxDetailCharacters)];
    }
}
