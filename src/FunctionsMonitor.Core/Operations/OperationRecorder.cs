using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Operations;

/// <summary>Writes the operator log.</summary>
public sealed class OperationRecorder(IOperationLog log, MonitorInstance instance, TimeProvider time, ILogger<OperationRecorder> logger)
{
    /// <summary>
    /// Notes what was done. When the log cannot be written the act stands and the program's own log has it instead: at three in the morning
    /// a breaker must be resettable while a disk is full.
    /// </summary>
    public async ValueTask RecordAsync(string actor, string action, string target, string outcome, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var entry = new OperationEntry(Guid.CreateVersion7(now), now, actor, action, target, outcome, instance.Name);
        try
        {
            await log.AppendAsync(entry, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Log.NotRecorded(logger, exception, actor, action, target, outcome);
        }
    }
}
