using System.Net;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using FunctionsMonitor.Idempotency;

namespace FunctionsMonitor.Storage.Azure;

/// <summary>
/// Idempotency keys in the table of the shared state, one entity each, spread over 256 partitions by their own first digits. Creating is an insert,
/// answering a change of exactly the entity that was read: of any number of instances one succeeds.
/// </summary>
internal sealed class AzureTableIdempotencyStore(AzureStateTable table) : IIdempotencyStore
{
    private const string PartitionPrefix = "idempotency-";
    private const string BodyHash = "body_hash";
    private const string ReceivedAt = "received_at";
    private const string ExpiresAt = "expires_at";
    private const string Status = "status";
    private const string ContentType = "content_type";
    private const string Body = "body";

    /// <summary>An entity changes once in its life, so whoever loses a race twice has lost to something that is none of ours.</summary>
    private const int MaxRaces = 5;

    /// <summary>Nothing finds what has expired but a look at everything; one call looks at so much and the next goes on there.</summary>
    internal const int PurgedPages = 20;

    private const int ParallelDeletes = 16;
    private volatile string? purgeFrom;

    public async ValueTask<IdempotencyRecord?> FindAsync(string keyId, long now, CancellationToken cancellationToken) =>
        await ReadAsync(keyId, cancellationToken).ConfigureAwait(false) is { } row && RecordOf(row) is { } record && record.ExpiresAt > now ? record : null;

    public async ValueTask<bool> TryCreateAsync(IdempotencyRecord record, CancellationToken cancellationToken)
    {
        var row = new TableEntity(PartitionOf(record.KeyId), record.KeyId)
        {
            [BodyHash] = record.BodyHash.ToArray(),
            [ReceivedAt] = record.ReceivedAt,
            [ExpiresAt] = record.ExpiresAt,
        };
        try
        {
            await table.AddAsync(row, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == TableErrorCode.EntityAlreadyExists)
        {
            // Taken, unless that one has expired.
        }

        return await ReadAsync(record.KeyId, cancellationToken).ConfigureAwait(false) is { } found
            && found.GetInt64(ExpiresAt) <= record.ReceivedAt
            && await TryReplaceAsync(row, found.ETag, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IdempotencyAnswer> SetAnswerAsync(IdempotencyRecord record, IdempotencyAnswer answer, CancellationToken cancellationToken)
    {
        for (var race = 0; race < MaxRaces; race++)
        {
            if (await ReadAsync(record.KeyId, cancellationToken).ConfigureAwait(false) is not { } row || row.GetInt64(ReceivedAt) != record.ReceivedAt)
                return answer;
            if (RecordOf(row).Answer is { } earlier)
                return earlier;

            row[Status] = answer.Status;
            row[ContentType] = answer.ContentType;
            row[Body] = answer.Body.ToArray();
            if (await TryReplaceAsync(row, row.ETag, cancellationToken).ConfigureAwait(false))
                return answer;
        }

        throw new InvalidOperationException($"The record of an idempotency key changed {MaxRaces} times while its answer was being added.");
    }

    public async ValueTask<PurgedKeys> PurgeAsync(long now, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey ge {PartitionPrefix} and PartitionKey lt {PartitionPrefix + "g"} and expires_at le {now}");
        var gone = 0;
        var pages = 0;
        await foreach (var page in table.QueryAsync(
            filter, [nameof(TableEntity.PartitionKey), nameof(TableEntity.RowKey)], purgeFrom, null, cancellationToken).ConfigureAwait(false))
        {
            await Parallel.ForEachAsync(
                page.Values, new ParallelOptions { MaxDegreeOfParallelism = ParallelDeletes, CancellationToken = cancellationToken },
                async (row, token) =>
                {
                    if (await TryDeleteAsync(row, token).ConfigureAwait(false))
                        Interlocked.Increment(ref gone);
                }).ConfigureAwait(false);
            purgeFrom = string.IsNullOrEmpty(page.ContinuationToken) ? null : page.ContinuationToken;
            if (++pages == PurgedPages)
                return new(gone, IsComplete: purgeFrom is null);
        }

        return new(gone, IsComplete: true);
    }

    private async ValueTask<TableEntity?> ReadAsync(string keyId, CancellationToken cancellationToken)
    {
        var answer = await table.Client.GetEntityIfExistsAsync<TableEntity>(PartitionOf(keyId), keyId, cancellationToken: cancellationToken).ConfigureAwait(false);
        return answer.HasValue ? answer.Value : null;
    }

    private async ValueTask<bool> TryReplaceAsync(TableEntity row, ETag seen, CancellationToken cancellationToken)
    {
        try
        {
            await table.Client.UpdateEntityAsync(row, seen, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException exception) when (AzureStateTable.IsLost(exception))
        {
            return false;
        }
    }

    /// <summary>Only as it was seen: it may have a successor by now.</summary>
    private async ValueTask<bool> TryDeleteAsync(TableEntity row, CancellationToken cancellationToken)
    {
        try
        {
            // One that is not there any more is no exception but an answer.
            var answer = await table.Client.DeleteEntityAsync(row.PartitionKey, row.RowKey, row.ETag, cancellationToken).ConfigureAwait(false);
            return answer.Status != (int)HttpStatusCode.NotFound;
        }
        catch (RequestFailedException exception) when (AzureStateTable.IsLost(exception))
        {
            return false;
        }
    }

    private static string PartitionOf(string keyId) => PartitionPrefix + keyId[..2];

    private static IdempotencyRecord RecordOf(TableEntity row) => new()
    {
        KeyId = row.RowKey,
        BodyHash = row.GetBinary(BodyHash) ?? [],
        ReceivedAt = row.GetInt64(ReceivedAt) ?? 0,
        ExpiresAt = row.GetInt64(ExpiresAt) ?? 0,
        Answer = row.GetInt32(Status) is { } status ? new(status, row.GetString(ContentType) ?? "", row.GetBinary(Body) ?? []) : null,
    };
}
