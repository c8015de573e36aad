using FunctionsMonitor.Events;
using FunctionsMonitor.Live;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Buffering;

/// <summary>
/// Group commit. One segment is written at a time; while it is, the requests that arrive collect in the next one. So an idle buffer does
/// not linger, and a loaded one writes few and large segments. A request is answered when its own segment is durable.
/// </summary>
internal sealed class EventBuffer(
    ISegmentStore store, BufferDepthMonitor depth, MonitoringBroadcaster live, MonitorInstance instance, IOptions<BufferingOptions> options,
    TimeProvider time, ILogger<EventBuffer> logger) : IHostedService
{
    private static readonly TimeSpan RetrySoon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryLater = TimeSpan.FromSeconds(5);
    private readonly BufferingOptions options = options.Value;
    private readonly Lock gate = new();
    private readonly Queue<SegmentGroup> waiting = [];
    private readonly RejectedTotals rejected = new();
    private readonly List<long> abandoned = [];
    private readonly SegmentIds ids = new();
    private SegmentGroup? collecting;
    private long waitingBytes;
    private int waitingRequests;
    private Task writer = Task.CompletedTask;
    private bool writing;
    private bool closed;
    private long lastNumber;
    private long acceptedTotal;

    /// <summary>Requests whose segment is not written yet.</summary>
    internal int WaitingRequests
    {
        get
        {
            lock (gate)
                return waitingRequests;
        }
    }

    /// <summary>Takes one request's records (and owns them from here on); returns the id of the segment that made them durable.</summary>
    /// <remarks>A caller that leaves does not take its events with it: there is no cancellation here.</remarks>
    /// <exception cref="BufferFullException">Too much is waiting in memory.</exception>
    /// <exception cref="BufferUnavailableException">The segment was not written, or nobody can tell.</exception>
    public async ValueTask<Guid> AppendAsync(PooledBytes records, int count, RejectedTotals rejectedTotals, string? traceParent)
    {
        var group = Enqueue(records, count, rejectedTotals, traceParent);
        try
        {
            return await group.Completion.WaitAsync(options.WriteTimeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new BufferUnavailableException(
                BufferUnavailableException.OutcomeUnknown,
                $"The segment was not durable within {options.WriteTimeout}; it may still become so.", RetryLater, exception);
        }
    }

    /// <summary>Notes rejected events of a request that has no accepted ones; they ride with the next segment.</summary>
    public void AddRejected(RejectedTotals totals)
    {
        lock (gate)
            rejected.Add(totals);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Takes nothing more, and commits what has been collected.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task last;
        lock (gate)
        {
            closed = true;
            collecting?.Close();
            if (!rejected.IsEmpty && collecting is null)
                AddGroup();
            last = writer;
        }

        await last.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private SegmentGroup Enqueue(PooledBytes records, int count, RejectedTotals rejectedTotals, string? traceParent)
    {
        lock (gate)
        {
            if (closed)
            {
                records.Dispose();
                throw new BufferUnavailableException(BufferUnavailableException.Unavailable, "The instance is shutting down.", RetrySoon);
            }

            if (waitingBytes > 0 && waitingBytes + records.Length > options.MaxCollectingBytes)
            {
                records.Dispose();
                throw new BufferFullException($"{waitingBytes} bytes are waiting to be written already.", RetrySoon);
            }

            rejected.Add(rejectedTotals);
            if (collecting is null || (collecting.Count > 0 && collecting.Bytes + records.Length > options.SegmentBytes))
                AddGroup();

            waitingBytes += records.Length;
            waitingRequests++;
            collecting!.Add(records, count, traceParent);
            return collecting;
        }
    }

    private void AddGroup()
    {
        collecting?.Close();
        collecting = new SegmentGroup(time.GetTimestamp());
        waiting.Enqueue(collecting);
        if (writing)
            return;

        writing = true;
        writer = Task.Run(WriteWaitingAsync);
    }

    private async Task WriteWaitingAsync()
    {
        while (true)
        {
            await LingerAsync().ConfigureAwait(false);
            SegmentGroup group;
            IReadOnlyList<RejectedTotal> rejectedTotals;
            long bytes;
            int requests;
            lock (gate)
            {
                if (!waiting.TryDequeue(out group!))
                {
                    writing = false;
                    return;
                }

                if (group == collecting)
                    collecting = null;
                rejectedTotals = rejected.ToList();
                rejected.Clear();
                bytes = group.Bytes;
                requests = group.Requests;
            }

            try
            {
                await WriteAsync(group, rejectedTotals).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                // A log on the disk that is full throws too. The writer must outlive whatever it meets: were it to end here, every later
                // request would wait in vain. A group that has its answer keeps it.
                group.Fail(new BufferUnavailableException(BufferUnavailableException.OutcomeUnknown, exception.Message, RetryLater, exception));
            }

            lock (gate)
            {
                waitingBytes -= bytes;
                waitingRequests -= requests;
            }
        }
    }

    /// <summary>
    /// Gives the next segment its time to collect. Each one has it, not only the first after a pause: under a steady load there is always a next
    /// one, and to write that at once makes as many writes as the store can take. One that is full does not wait, nor does any at the end.
    /// </summary>
    private async ValueTask LingerAsync()
    {
        if (options.Linger == TimeSpan.Zero)
            return;

        SegmentGroup? next;
        lock (gate)
        {
            if (closed || !waiting.TryPeek(out next) || next != collecting)
                return;
        }

        var left = options.Linger - time.GetElapsedTime(next.BegunAt);
        if (left <= TimeSpan.Zero)
            return;

        using var written = new CancellationTokenSource();
        await Task.WhenAny(next.Closed, Task.Delay(left, time, written.Token)).ConfigureAwait(false);
        await written.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>One segment. Only the writer comes here, so numbers and totals need no lock.</summary>
    private async Task WriteAsync(SegmentGroup group, IReadOnlyList<RejectedTotal> rejectedTotals)
    {
        var now = time.GetUtcNow();
        var header = new SegmentHeader
        {
            Id = ids.Next(now),
            Incarnation = instance.Incarnation,
            Number = ++lastNumber,
            Count = group.Count,
            AcceptedThrough = acceptedTotal + group.Count,
            CreatedAt = EventTime.ToMicroseconds(now),
            Abandoned = [.. abandoned],
            Rejected = rejectedTotals,
            TraceParent = group.TraceParent,
        };

        // The number is spent from here on: unless the segment is acknowledged no other may carry it, whether or not its bytes turn up one
        // day, and the next header says so.
        abandoned.Add(header.Number);
        var parts = group.Parts;
        var content = SegmentGroup.Join(SegmentCodec.EncodeHead(header, parts), parts);
        var failure = await PutAsync(header.Name, content).ConfigureAwait(false);
        if (failure is null)
        {
            acceptedTotal = header.AcceptedThrough;
            abandoned.Clear();
            try
            {
                depth.NoteWritten(header.Name, content.Length);
            }
            finally
            {
                // Before the answers, because with them the records' memory is given back.
                live.Offer(header.Name, group);
                group.Succeed(header.Id);
            }

            return;
        }

        lock (gate)
            rejected.Add(rejectedTotals);
        depth.NoteFailure(failure.Message);
        group.Fail(failure);
        Log.SegmentNotWritten(logger, failure, header.Number, group.Count, failure.Code);
    }

    private async Task<BufferUnavailableException?> PutAsync(SegmentName name, System.Buffers.ReadOnlySequence<byte> content)
    {
        try
        {
            await store.PutAsync(name, content, CancellationToken.None).ConfigureAwait(false);
            return null;
        }
        catch (SegmentStoreException exception) when (exception.Fault == SegmentStoreFault.NotWritten)
        {
            return new(BufferUnavailableException.Unavailable, exception.Message, RetryLater, exception);
        }
        catch (Exception exception)
        {
            // Anything else says nothing about what the store has now: look.
            return await ConfirmAsync(name, content, exception).ConfigureAwait(false);
        }
    }

    private async Task<BufferUnavailableException?> ConfirmAsync(
        SegmentName name, System.Buffers.ReadOnlySequence<byte> content, Exception cause)
    {
        try
        {
            return await store.ConfirmAsync(name, content, CancellationToken.None).ConfigureAwait(false)
                ? null
                : new(BufferUnavailableException.Unavailable, cause.Message, RetryLater, cause);
        }
        catch (Exception exception)
        {
            return new(
                BufferUnavailableException.OutcomeUnknown, $"{cause.Message} Looking for it did not settle that: {exception.Message}", RetryLater, cause);
        }
    }
}
