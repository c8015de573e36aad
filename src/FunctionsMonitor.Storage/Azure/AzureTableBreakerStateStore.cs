using System.Runtime.CompilerServices;
using System.Text;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using DurableCircuitBreaker;
using DurableCircuitBreaker.Stores;

namespace FunctionsMonitor.Storage.Azure;

/// <summary>
/// Breaker state in an Azure table, one entity a breaker, shared by all instances of an app. The value is one string property that any storage
/// browser shows; the tag is the entity's ETag, the time the answer's Date.
/// </summary>
/// <remarks>
/// Nothing is retried here. A retried write that was applied the first time would meet its own ETag and be taken for a lost race; the breaker,
/// which knows what it wrote, settles that itself. And it never waits as long as retries would.
/// </remarks>
public sealed class AzureTableBreakerStateStore : IBreakerStateStore
{
    private const string Partition = "breaker";
    private const string ValueProperty = "value";

    /// <summary>What a string property holds: 64 KiB of UTF-16.</summary>
    private const int MaxCharacters = 32 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly AzureStateTable table;

    /// <param name="options">Valid ones.</param>
    public AzureTableBreakerStateStore(AzureTableOptions options)
        : this(new AzureStateTable(options))
    {
    }

    internal AzureTableBreakerStateStore(AzureStateTable table) => this.table = table;

    public async ValueTask<BreakerStoreReading> ReadAsync(string name, CancellationToken cancellationToken)
    {
        BreakerNames.ThrowIfInvalid(name);
        // A table that nobody made yet is answered like an entity that nobody wrote yet.
        var answer = await table.Client.GetEntityIfExistsAsync<TableEntity>(Partition, name, cancellationToken: cancellationToken).ConfigureAwait(false);
        var time = TimeOf(answer.GetRawResponse());
        return answer.HasValue ? new(ContentOf(answer.Value!), answer.Value!.ETag.ToString(), time) : new(null, null, time);
    }

    public async ValueTask<BreakerStoreWriting> WriteAsync(
        string name, ReadOnlyMemory<byte> content, string? expectedTag, CancellationToken cancellationToken)
    {
        BreakerNames.ThrowIfInvalid(name);
        var entity = new TableEntity(Partition, name) { [ValueProperty] = TextOf(content) };
        if (expectedTag is null)
            return await CreateAsync(entity, cancellationToken).ConfigureAwait(false);
        if (!IsEntityTag(expectedTag))
            return new(null, (await ReadAsync(name, cancellationToken).ConfigureAwait(false)).Time);

        try
        {
            return Written(await table.Client.UpdateEntityAsync(entity, new ETag(expectedTag), TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false));
        }
        catch (RequestFailedException exception) when (AzureStateTable.IsLost(exception))
        {
            return Lost(exception);
        }
    }

    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in table.QueryAsync(
            $"PartitionKey eq '{Partition}'", [nameof(TableEntity.RowKey)], null, null, cancellationToken).ConfigureAwait(false))
        {
            foreach (var entity in page.Values)
                yield return entity.RowKey;
        }
    }

    private async ValueTask<BreakerStoreWriting> CreateAsync(TableEntity entity, CancellationToken cancellationToken)
    {
        try
        {
            return Written(await table.AddAsync(entity, cancellationToken).ConfigureAwait(false));
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == TableErrorCode.EntityAlreadyExists)
        {
            return Lost(exception);
        }
    }

    private static BreakerStoreWriting Written(Response response) =>
        new(response.Headers.ETag?.ToString() ?? throw new InvalidDataException("The table's answer to a write has no ETag."), TimeOf(response));

    private static BreakerStoreWriting Lost(RequestFailedException exception) => new(null, TimeOf(exception.GetRawResponse()!));

    private static DateTimeOffset TimeOf(Response response) =>
        response.Headers.Date ?? throw new InvalidDataException("The table's answer has no Date.");

    /// <summary>Of the form that tables give out. Anything else was never ours: it is refused as an error, or, being <c>*</c>, would overwrite whatever is there.</summary>
    private static bool IsEntityTag(string tag) =>
        tag.StartsWith("W/\"datetime'", StringComparison.Ordinal) && tag.EndsWith("'\"", StringComparison.Ordinal);

    // An entity that somebody made by hand has no value of ours; that is for the breaker to refuse.
    private static ReadOnlyMemory<byte> ContentOf(TableEntity entity) =>
        entity.TryGetValue(ValueProperty, out var value) && value is string text ? StrictUtf8.GetBytes(text) : Array.Empty<byte>();

    private static string TextOf(ReadOnlyMemory<byte> content)
    {
        string text;
        try
        {
            text = StrictUtf8.GetString(content.Span);
        }
        catch (DecoderFallbackException exception)
        {
            throw new ArgumentException("The content is not UTF-8.", nameof(content), exception);
        }

        return text.Length <= MaxCharacters
            ? text
            : throw new ArgumentException($"The content has {text.Length} characters; a table keeps {MaxCharacters} in a property.", nameof(content));
    }
}
