using System.Runtime.CompilerServices;
using Azure;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace FunctionsMonitor.Storage.Azure;

/// <summary>The one table that all shared state is in, each kind under partitions of its own. It is made by the first write.</summary>
/// <remarks>The client library's retries are off: a retried write that was applied the first time would meet its own entity.</remarks>
internal sealed class AzureStateTable
{
    public AzureStateTable(AzureTableOptions options, HttpPipelineTransport? transport = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = new TableClientOptions { Retry = { MaxRetries = 0, NetworkTimeout = options.NetworkTimeout } };
        if (transport is not null)
            settings.Transport = transport;
        Client = options.ConnectionString is { } connection
            ? new TableClient(connection, options.TableName, settings)
            : new TableClient(options.Endpoint!, options.TableName, AzureAccount.Identity(options.ClientId), settings);
    }

    /// <summary>For what needs no table to be there: reading by key, and changing what was read.</summary>
    public TableClient Client { get; }

    public async ValueTask<Response> AddAsync(TableEntity entity, CancellationToken cancellationToken)
    {
        for (var made = false; ; made = true)
        {
            try
            {
                return await Client.AddEntityAsync(entity, cancellationToken).ConfigureAwait(false);
            }
            catch (RequestFailedException exception) when (!made && exception.ErrorCode == TableErrorCode.TableNotFound)
            {
                await CreateAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Writes it, whatever is there.</summary>
    public async ValueTask PutAsync(TableEntity entity, CancellationToken cancellationToken)
    {
        for (var made = false; ; made = true)
        {
            try
            {
                await Client.UpsertEntityAsync(entity, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (RequestFailedException exception) when (!made && exception.ErrorCode == TableErrorCode.TableNotFound)
            {
                await CreateAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Page by page, one request each; nothing when there is no table.</summary>
    public async IAsyncEnumerable<Page<TableEntity>> QueryAsync(
        string filter, IEnumerable<string>? select, string? from, int? pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pages = Client.QueryAsync<TableEntity>(filter, pageSize, select, cancellationToken).AsPages(from);
        await using var each = pages.GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(each).ConfigureAwait(false))
            yield return each.Current;
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
