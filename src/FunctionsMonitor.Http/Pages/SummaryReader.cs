using System.Globalization;
using System.IO.Hashing;
using System.Reflection;
using System.Text;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Health;
using FunctionsMonitor.Http.Responses;
using FunctionsMonitor.Operations;
using FunctionsMonitor.Resilience;

namespace FunctionsMonitor.Http.Pages;

/// <summary>Looks at everything at once. A part that does not answer in time is a fault of its own and no reason to say nothing of the others.</summary>
internal sealed class SummaryReader(
    HealthService health, BufferDepthMonitor depth, MetricsReader reader, IFlushSchedule schedule, LedgerWatch ledger, PipelineRegistry pipelines,
    IOperationLog operations, FlagManager flags, MonitorInstance instance, TimeProvider time)
{
    /// <summary>A glance must not wait for a sick store and its retries.</summary>
    private static readonly TimeSpan PartWithin = TimeSpan.FromSeconds(2);

    /// <summary>Half of that for newer books: there is time left to show those of before.</summary>
    private static readonly TimeSpan BooksWithin = TimeSpan.FromSeconds(1);

    /// <summary>Of the program, with its commit.</summary>
    public static string Version { get; } =
        typeof(SummaryReader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public async Task<SummaryResponse> ReadAsync(CancellationToken cancellationToken)
    {
        var snapshot = flags.Current;
        var faults = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var checking = health.CheckAsync(cancellationToken).AsTask();
        var breaking = pipelines.ReadMetricsAsync(cancellationToken).AsTask();
        var flushing = PartAsync("last_flush", token => reader.ListFlushesAsync(1, token), faults, cancellationToken);
        var scheduling = PartAsync("next_flush", schedule.ReadLastFlushAsync, faults, cancellationToken);
        var booking = PartAsync("ledger", token => ReadBooksAsync(flushing, token), faults, cancellationToken);
        var counting = PartAsync("dead_letters", token => reader.CountByReasonAsync(new DeadLetterFilter(), token), faults, cancellationToken);
        var logging = PartAsync("last_operation_id", token => operations.ListAsync(before: null, 1, token), faults, cancellationToken);
        await Task.WhenAll(checking, breaking, flushing, scheduling, booking, counting, logging).ConfigureAwait(false);

        var report = await checking.ConfigureAwait(false);
        return new SummaryResponse
        {
            Version = Version,
            Instance = instance.Name,
            Since = instance.StartedAt,
            Status = report.Status,
            StatusSince = report.Since,
            Checks = [.. report.Checks.Select(SummaryCheckResponse.Of)],
            Buffer = SummaryBufferResponse.Of(depth.Current),
            LastFlush = await flushing.ConfigureAwait(false) is [var newest, ..] ? FlushResponse.Of(newest) : null,
            NextFlush = new(snapshot.PersistenceEnabled, await scheduling.ConfigureAwait(false) + snapshot.FlushInterval, snapshot.BatchSize),
            Ledger = (await booking.ConfigureAwait(false) ?? ledger.Last) is { } books ? SummaryLedgerResponse.Of(books) : null,
            Breakers = [.. (await breaking.ConfigureAwait(false)).Select(SummaryBreakerResponse.Of)],
            DeadLetters = await counting.ConfigureAwait(false),
            Flags = new(snapshot.Problems.Count, Digest(snapshot)),
            LastOperationId = await logging.ConfigureAwait(false) is [var entry, ..] ? entry.Id : null,
            Faults = [.. faults.Select(fault => new SummaryFaultResponse(fault.Key, fault.Value))],
        };
    }

    /// <summary>New books for new segments and new flushes. Without either nothing that a reader can see has changed.</summary>
    private async ValueTask<LedgerReport> ReadBooksAsync(Task<IReadOnlyList<FlushReport>?> flushing, CancellationToken cancellationToken)
    {
        var newest = await flushing.WaitAsync(cancellationToken).ConfigureAwait(false);
        var waiting = depth.Current;
        return await ledger.ReadAsync(
            (waiting.Segments, waiting.Events, waiting.Bytes, newest is [var flush, ..] ? flush.FlushId : default), BooksWithin, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T?> PartAsync<T>(
        string part, Func<CancellationToken, ValueTask<T>> read, SortedDictionary<string, string> faults, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(PartWithin, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, bound.Token);
        try
        {
            // On a thread of its own: the embedded stores work synchronously, and the parts are to be read at once.
            return await Task.Run(() => read(linked.Token).AsTask(), linked.Token).WaitAsync(linked.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it was, it is said in its place; the caller looks at the rest.
            lock (faults)
                faults[part] = exception is OperationCanceledException ? $"No answer within {PartWithin.TotalSeconds:0} seconds." : exception.Message;
            return default;
        }
    }

    private static string Digest(FlagSnapshot snapshot)
    {
        var text = new StringBuilder();
        foreach (var resolution in snapshot.Resolutions)
            text.Append(CultureInfo.InvariantCulture, $"{resolution.Flag.Name}={resolution.Value} {resolution.Source}\n");
        text.AppendJoin('\n', snapshot.Problems);
        return $"{XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(text.ToString())):x16}";
    }
}
