namespace FunctionsMonitor.Storage;

/// <summary>The schema could not be brought up to date. The message is for the operator.</summary>
public sealed class PostgresMigrationFailedException(string message, Exception innerException) : Exception(message, innerException);
