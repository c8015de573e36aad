using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>The server refused a script. Nothing of that script was kept; the scripts before it were.</summary>
internal sealed class PostgresMigrationException(string? script, PostgresException refusal)
    : Exception($"{script ?? "The journal of scripts"} failed: {refusal.SqlState}: {refusal.MessageText}", refusal);
