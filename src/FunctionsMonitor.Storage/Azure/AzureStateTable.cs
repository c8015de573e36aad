using System.Net;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace FunctionsMonitor.Storage.Azure;

/// <summary>The one table that all shared state is in, each kind under partitions of its own. It is made by the first write.</summary>
internal sealed class AzureStateTable
{
    public AzureStateTable(AzureTableOptions options, HttpPipelineTransport? transport = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        Client = AzureClients.Table(options, options.TableName, options.NetworkTimeout, transport);
    }

    /// <summary>For what needs no table to be there: reading by key, and changing what was read.</summary>
    public TableClient Client { get; }

    /// <summary>A change found another version than it was meant for, or none.</summary>
    public static bool IsLost(RequestFailedException exception) => exception.Status is (int)HttpStatusCode.PreconditionFailed or (int)HttpStatusCode.NotFound;

    public ValueTask<Response> AddAsync(TableEntity entity, CancellationToken cancellationToken) =>
        WriteAsync(() => Client.AddEntityAsync(entity, cancellationToken), cancellationToken);

    /// <summary>Writes it, whatever is there.</summary>
    public async ValueTask PutAsync(TableEntity entity, CancellationToken cancellationToken) =>
        await WriteAsync(() => Client.UpsertEntityAsync(entity, TableUpdateMode.Replace, cancellationToken), cancellationToken).ConfigureAwait(false);

    /// <summary>Page by page, one request each; nothing when there is no table.</summary>
    public async IAsyncEnumerable<Page<TableEntity>> QueryAsync(
        string filter, IEnumerable<string>? select, string? from, int? pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pages = Client.QueryAsync<TableEntity>(filter, pageSize, select, cancellationToken).AsPages(from);
        await using var each = pages.GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(each).ConfigureAwait(false))
            yield return each.Current;
    }

    private async ValueTask<Response> WriteAsync(Func<Task<Response>> write, CancellationToken cancellationToken)
    {
        try
        {
            return await write().ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == TableErrorCode.TableNotFound)
        {
            await CreateAsync(cancellationToken).ConfigureAwait(false);
            return await write().ConfigureAwait(false);
        }
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<Page<TableEntity>> pages)
    {
        try
        {
            return await pages.MoveNextAsync().ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == TableErrorCode.TableNotFound)
        {
            return false;
        }
    }

    /// <summary>Only at the first write, so that an app which may not make tables can do with one that was made for it.</summary>
    /// <remarks>Not <c>CreateIfNotExistsAsync</c>: that one serializes by reflection, which is switched off in our hosts.</remarks>
    private async ValueTask CreateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Client.CreateAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == TableErrorCode.TableAlreadyExists)
        {
            // Another instance was faster.
        }
    }
}
