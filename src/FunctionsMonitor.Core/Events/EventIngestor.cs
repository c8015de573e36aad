using System.Diagnostics;
using System.IO.Pipelines;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Idempotency;
using FunctionsMonitor.Validation;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Events;

/// <summary>Takes requests in: reads, validates, and waits until what was accepted is durable.</summary>
public sealed class EventIngestor
{
    private static readonly TimeSpan RetryWhenDrained = TimeSpan.FromSeconds(30);
    private readonly FlagManager flags;
    private readonly EventValidator validator;
    private readonly EventBuffer buffer;
    private readonly BufferDepthMonitor depth;
    private readonly IngestOptions options;
    private readonly RetentionOptions retention;
    private readonly TimeProvider time;

    internal EventIngestor(
        FlagManager flags, EventValidator validator, EventBuffer buffer, BufferDepthMonitor depth, IOptions<IngestOptions> options,
        IOptions<RetentionOptions> retention, TimeProvider time)
    {
        this.flags = flags;
        this.validator = validator;
        this.buffer = buffer;
        this.depth = depth;
        this.options = options.Value;
        this.retention = retention.Value;
        this.time = time;
    }

    /// <summary>One request, whole: nothing of it is kept unless all of its body was read.</summary>
    /// <param name="body">Decompressed.</param>
    /// <param name="format">How it carries its events.</param>
    /// <param name="cancellationToken">The caller has left; heeded while its body is read and never after.</param>
    /// <exception cref="EventBodyException">The body is not what it says it is, or over a limit.</exception>
    /// <exception cref="BufferFullException">Over the cap.</exception>
    /// <exception cref="BufferUnavailableException">Not durable, or nobody can tell.</exception>
    public async ValueTask<IngestResult> IngestAsync(PipeReader body, EventFormat format, CancellationToken cancellationToken)
    {
        ThrowIfOverCap();
        using var intake = NewIntake();
        await EventReader.ReadAsync(body, format, options, intake, cancellationToken).ConfigureAwait(false);
        return await CommitAsync(intake).ConfigureAwait(false);
    }

    internal void ThrowIfOverCap()
    {
        if (depth.Current is { OverCap: true } full)
            throw new BufferFullException(
                $"The buffer is over its cap ({full.Bytes} bytes, oldest from {full.OldestAt:O}); it takes events again when a flush has drained it.",
                RetryWhenDrained);
    }

    /// <param name="key">What the client calls the request, if anything.</param>
    /// <param name="receivedAt">When it was first received, in microseconds; now when that is not known.</param>
    internal EventIntake NewIntake(IdempotencyKey? key = null, long? receivedAt = null)
    {
        var now = receivedAt is { } first ? EventTime.FromMicroseconds(first) : time.GetUtcNow();
        var context = new ValidationContext(
            EventTime.ToMicroseconds(now), EventTime.ToMicroseconds(now - retention.Events), EventTime.ToMicroseconds(now + options.MaxClockLead));
        return new EventIntake(validator, flags.Current, context, time, options.MaxDepth) { Key = key };
    }

    internal async ValueTask<IngestResult> CommitAsync(EventIntake intake)
    {
        Guid? segment = null;
        if (intake.Accepted > 0)
            segment = await buffer.AppendAsync(intake.TakeRecords(), intake.Accepted, intake.RejectedTotals, Activity.Current?.Id).ConfigureAwait(false);
        else
            buffer.AddRejected(intake.RejectedTotals);

        return new IngestResult(intake.Accepted, intake.Rejected, segment, intake.Errors) { ErrorsTruncated = intake.ErrorsTruncated };
    }
}
