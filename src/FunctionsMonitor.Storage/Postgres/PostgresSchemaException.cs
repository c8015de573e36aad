namespace FunctionsMonitor.Storage.Postgres;

/// <summary>The database has another schema than this program works with: a path error, no event and no connection is at fault.</summary>
internal sealed class PostgresSchemaException(string message) : Exception(message);
