using FunctionsMonitor.Local.Configuration;
using FunctionsMonitor.Storage;

namespace FunctionsMonitor.Local.Startup;

/// <summary><c>migrate</c>: brings the PostgreSQL schema up to date, or prints the SQL of the roles, and ends.</summary>
internal static class MigrateCommand
{
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(CommandLine command)
    {
        if (command.Roles)
        {
            await Console.Out.WriteAsync(PostgresMigrations.Roles).ConfigureAwait(false);
            return ExitCodes.Success;
        }

        var configuration = LocalConfiguration.CreateBuilder().Configuration;
        try
        {
            var applied = await PostgresMigrations.ApplyAsync(configuration, CancellationToken.None).ConfigureAwait(false);
            foreach (var script in applied)
                await Console.Out.WriteLineAsync($"Applied {script}.").ConfigureAwait(false);
            await Console.Out.WriteLineAsync($"The schema is version {PostgresMigrations.Version}{(applied.Count == 0 ? "; there was nothing to do" : "")}.").ConfigureAwait(false);
            return ExitCodes.Success;
        }
        catch (PostgresMigrationFailedException exception)
        {
            await Console.Error.WriteLineAsync($"functionsmonitor: {exception.Message}").ConfigureAwait(false);
            return ExitCodes.Failure;
        }
    }
}
