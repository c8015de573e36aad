using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>
/// Brings the schema up to date when the app starts, if it was told to. Not before it starts: a database that is down must not keep events
/// out, they wait in the buffer.
/// </summary>
internal sealed class PostgresMigrateAtStart(IOptions<PostgresOptions> options, TimeProvider time, ILogger<PostgresMigrateAtStart> logger) : BackgroundService
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.MigrateAtStart)
            return;

        await using var source = PostgresConnections.CreateForMigrations(options.Value);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var applied = await new PostgresMigrator(source).MigrateAsync(stoppingToken).ConfigureAwait(false);
                if (applied.Count > 0)
                    Log.Migrated(logger, PostgresScripts.Version, string.Join(", ", applied));
                return;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is, flushes say so too until it is mended; a later try may find it so.
                Log.NotMigrated(logger, exception, Delay);
                await Task.Delay(Delay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
