using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Operations;

namespace FunctionsMonitor.Storage.Azure;

/// <summary>The operator log and the time of the last flush, beside the breaker state: they must work while the metrics store does not.</summary>
/// <remarks>
/// A table and not blobs: an entry is one small write, and the newest page is one query however long the log is. The row key is the entry's id
/// with every bit turned over, because a table is read in the order of its keys and the newest is wanted first.
/// </remarks>
internal sealed class AzureTableStateStore(AzureStateTable table) : IOperationLog, IFlushSchedule
{
    /// <summary>How long an entry is kept.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(365);

    private const string OperationPartition = "operation";
    private const string SchedulePartition = "schedule";
    private const string LastFlush = "last-flush";
    private const string At = "at";

    /// <summary>Entries deleted by one append at most: more often than that nothing is appended.</summary>
    private const int ForgottenAtOnce = 20;

    public async ValueTask AppendAsync(OperationEntry entry, CancellationToken cancellationToken)
    {
        var row = new TableEntity(OperationPartition, KeyOf(entry.Id))
        {
            [At] = EventTime.ToMicroseconds(entry.At),
            ["actor"] = entry.Actor,
            ["action"] = entry.Action,
            ["target"] = entry.Target,
            ["outcome"] = entry.Outcome,
            ["instance"] = entry.Instance,
        };
        try
        {
            await table.AddAsync(row, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == TableErrorCode.EntityAlreadyExists)
        {
            // Ids are unique: it is this entry.
        }

        await ForgetAsync(entry.At - KeptFor, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<OperationEntry>> ListAsync(Guid? before, int limit, CancellationToken cancellationToken)
    {
        var filter = before is { } id
            ? TableClient.CreateQueryFilter($"PartitionKey eq {OperationPartition} and RowKey gt {KeyOf(id)}")
            : TableClient.CreateQueryFilter($"PartitionKey eq {OperationPartition}");
        var entries = new List<OperationEntry>();
        await foreach (var page in table.QueryAsync(filter, null, null, Math.Clamp(limit, 1, 1000), cancellationToken).ConfigureAwait(false))
        {
            entries.AddRange(page.Values.Select(EntryOf).Take(limit - entries.Count));
            if (entries.Count == limit)
                break;
        }

        return entries;
    }

    public async ValueTask<DateTimeOffset?> ReadLastFlushAsync(CancellationToken cancellationToken)
    {
        var found = await table.Client.GetEntityIfExistsAsync<TableEntity>(SchedulePartition, LastFlush, cancellationToken: cancellationToken).ConfigureAwait(false);
        return found.HasValue && found.Value!.GetInt64(At) is { } at ? EventTime.FromMicroseconds(at) : null;
    }

    /// <inheritdoc cref="Sqlite.SqliteStateStore.WriteLastFlushAsync"/>
    public ValueTask WriteLastFlushAsync(DateTimeOffset startedAt, CancellationToken cancellationToken) =>
        table.PutAsync(new TableEntity(SchedulePartition, LastFlush) { [At] = EventTime.ToMicroseconds(startedAt) }, cancellationToken);

    /// <summary>The log is long enough when it holds a year; what cannot be deleted now is tried with the next entry.</summary>
    private async ValueTask ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        try
        {
            var filter = TableClient.CreateQueryFilter($"PartitionKey eq {OperationPartition} and RowKey gt {KeyOf(OldestOf(before))}");
            await foreach (var page in table.QueryAsync(filter, [nameof(TableEntity.RowKey)], null, ForgottenAtOnce, cancellationToken).ConfigureAwait(false))
            {
                foreach (var row in page.Values)
                    await table.Client.DeleteEntityAsync(OperationPartition, row.RowKey, ETag.All, cancellationToken).ConfigureAwait(false);
                break;
            }
        }
        catch (Exception)
        {
            // The entry is in the log, and that is what was asked for.
        }
    }

    /// <summary>The least UUIDv7 of that time.</summary>
    private static Guid OldestOf(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(time).TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[6..].Clear();
        return new Guid(bytes, bigEndian: true);
    }

    private static string KeyOf(Guid id) => Convert.ToHexStringLower(Inverted(id.ToByteArray(bigEndian: true)));

    private static Guid IdOf(string key) => new(Inverted(Convert.FromHexString(key)), bigEndian: true);

    private static byte[] Inverted(byte[] bytes) => Array.ConvertAll(bytes, one => (byte)~one);

    private static OperationEntry EntryOf(TableEntity row) => new(
        IdOf(row.RowKey), EventTime.FromMicroseconds(row.GetInt64(At) ?? 0), row.GetString("actor") ?? "", row.GetString("action") ?? "",
        row.GetString("target") ?? "", row.GetString("outcome") ?? "", row.GetString("instance") ?? "");
}
