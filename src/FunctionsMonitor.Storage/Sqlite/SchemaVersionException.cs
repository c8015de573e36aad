namespace FunctionsMonitor.Storage.Sqlite;

/// <summary>A newer version of this program made the file; this one leaves it alone.</summary>
internal sealed class SchemaVersionException(string path, long found, int known) : Exception(
    $"{path} has schema version {found}; this program knows versions up to {known}. A newer version made it: run that one, or move the file away.");
