using System.Text.RegularExpressions;
using FunctionsMonitor.Resilience;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>
/// What PostgreSQL's errors mean. The SQLSTATE decides; what is on no list is transient, as is everything without one (a connection that was
/// lost or refused, a timeout), so that nothing is given up for it.
/// </summary>
internal static partial class PostgresErrors
{
    /// <summary>Our own: another flusher holds the store.</summary>
    public const string FlushInProgress = "FM001";

    /// <summary>Our own: more dead letters than there is room for.</summary>
    public const string DeadLettersFull = "FM002";

    /// <summary>Our own: a row that was taken without an error is not there (a trigger that returns NULL).</summary>
    public const string RowIgnored = "FM003";

    private const string Schema = "monitoring";

    public static ErrorKind Classify(Exception exception) => exception switch
    {
        MetricsPathException or PostgresSchemaException => ErrorKind.Path,
        PostgresException error when IsPath(error) => ErrorKind.Path,
        PostgresException error when IsData(error) => ErrorKind.Data,
        _ => ErrorKind.Transient,
    };

    /// <summary>This way in is closed: something is missing, forbidden or of another shape. No row is to blame, and no retry helps.</summary>
    /// <remarks>
    /// 23514 without a constraint's name is how a partitioned table says that it has no partition for a row. Retention or a failed
    /// <c>ensure_partitions</c> is at fault then, never the row.
    /// </remarks>
    public static bool IsPath(PostgresException error) =>
        Class(error) == "42"
        || error.SqlState is PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.InvalidSchemaName
        || (error.SqlState == PostgresErrorCodes.CheckViolation && error.ConstraintName is null);

    /// <summary>
    /// A row may be at fault: what it holds is no value (22), breaks a constraint (23), or a trigger raised an error of its own (P0001) or
    /// dropped it. Our own keys are no constraints on rows: who meets one was overtaken by another flusher and may try again.
    /// </summary>
    public static bool IsData(PostgresException error) =>
        Class(error) == "22"
        || (Class(error) == "23" && !IsPath(error) && !IsOwnKey(error))
        || error.SqlState is PostgresErrorCodes.RaiseException or RowIgnored;

    /// <summary>The key of <c>monitoring.events</c>, as its partitions name it.</summary>
    public static bool IsEventKey(PostgresException error) =>
        error is { SqlState: PostgresErrorCodes.UniqueViolation, SchemaName: Schema, ConstraintName: { } name } && EventKey().IsMatch(name);

    private static bool IsOwnKey(PostgresException error) =>
        IsEventKey(error)
        || error is
        {
            SqlState: PostgresErrorCodes.UniqueViolation, SchemaName: Schema,
            ConstraintName: "flushed_segments_pkey" or "dead_letters_pkey" or "validation_metrics_pkey",
        };

    private static string Class(PostgresException error) => error.SqlState.Length == 5 ? error.SqlState[..2] : "";

    [GeneratedRegex(@"^events_([0-9]{8}_)?pkey$", RegexOptions.CultureInvariant)]
    private static partial Regex EventKey();
}
