using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>Why PostgreSQL does not take an event: the SQLSTATE, and the constraint where there is one.</summary>
internal static class PostgresRefusals
{
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
        error.MessageText);
}
