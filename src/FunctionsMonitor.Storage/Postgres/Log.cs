using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>Event ids 3000 to 3099.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Warning,
        "The role that signs in to PostgreSQL may not do all that this program does ({Refusal}). Events are written where a path lets it; the rest is left to others.")]
    public static partial void RoleMayNot(ILogger logger, string refusal);

    [LoggerMessage(3001, LogLevel.Information, "The schema of the PostgreSQL database is version {Version} now; applied {Scripts}.")]
    public static partial void Migrated(ILogger logger, int version, string scripts);

    [LoggerMessage(3002, LogLevel.Error, "The schema of the PostgreSQL database could not be brought up to date; events wait in the buffer. Next try in {Delay}.")]
    public static partial void NotMigrated(ILogger logger, Exception exception, TimeSpan delay);
}
