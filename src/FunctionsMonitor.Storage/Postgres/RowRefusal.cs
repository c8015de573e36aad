using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>Why the database did not take one event.</summary>
/// <param name="Reason">As <see cref="DeadLetters.DeadLetter.Reason"/>: the SQLSTATE, and the constraint where there is one.</param>
/// <param name="Detail">In words, at most <see cref="MaxDetailCharacters"/>.</param>
internal readonly record struct RowRefusal(string Reason, string Detail)
{
    public const int MaxDetailCharacters = 500;

    /// <summary>Known without asking: PostgreSQL has no text with a NUL in it. Any client can send one, so it must not cost a search.</summary>
    public static RowRefusal Nul { get; } = new(PostgresErrorCodes.CharacterNotInRepertoire, "PostgreSQL keeps no text with a NUL character in it.");

    /// <summary>The server's own message; its detail would repeat the row.</summary>
    public static RowRefusal From(PostgresException error) => new(
        error switch
        {
            { SqlState: PostgresErrors.RowIgnored } => "ignored",
            { ConstraintName: { } constraint } => $"{error.SqlState} {constraint}",
            _ => error.SqlState,
        },
        Shorten(error.MessageText));

    private static string Shorten(string text)
    {
        if (text.Length <= MaxDetailCharacters)
            return text;

        // Half a surrogate pair is no text.
        return text[..(char.IsHighSurrogate(text[MaxDetailCharacters - 1]) ? MaxDetailCharacters - 1 : MaxDetailCharacters)];
    }
}
