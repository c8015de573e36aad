using Azure.Data.Tables;
using FunctionsMonitor.Storage.Azure;
using FunctionsMonitor.TestSupport.Azurite;
using FunctionsMonitor.TestSupport.Breakers;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]

namespace FunctionsMonitor.IntegrationTests.Breakers;

/// <summary>Against a real Azurite, each test in a table of its own.</summary>
public sealed class AzureTableBreakerStateStoreTests(AzuriteFixture azurite) : BreakerStateStoreContract<AzureTableBreakerStateStore>, IAsyncDisposable
{
    private readonly string tableName = $"t{Guid.NewGuid():N}";
    private TableClient? table;

    protected override int Rounds => 30;

    public async ValueTask DisposeAsync()
    {
        // Azurite forgets; one that was named by the environment may not.
        if (table is not null)
            await table.DeleteAsync(CancellationToken.None);
    }

    protected override async ValueTask<(AzureTableBreakerStateStore One, AzureTableBreakerStateStore Other)> CreateAsync()
    {
        var options = new AzureTableOptions { ConnectionString = await azurite.ConnectionStringAsync(), TableName = tableName };
        table = new TableClient(options.ConnectionString, tableName);
        return (new AzureTableBreakerStateStore(options), new AzureTableBreakerStateStore(options));
    }

    [Fact]
    public async Task Reading_and_listing_make_no_table_and_the_first_write_does()
    {
        var (store, other) = await CreateAsync();
        await store.ReadAsync("orders", TestContext.Current.CancellationToken);
        await foreach (var _ in store.ListAsync(TestContext.Current.CancellationToken))
            Assert.Fail("There is nothing.");
        Assert.False((await store.WriteAsync("orders", "{}"u8.ToArray(), "W/\"datetime'2026-11-24T12%3A00%3A00.0000000Z'\"", TestContext.Current.CancellationToken)).IsWritten);
        Assert.False(await ExistsAsync());

        Assert.True((await store.WriteAsync("orders", "{}"u8.ToArray(), null, TestContext.Current.CancellationToken)).IsWritten);
        Assert.True(await ExistsAsync());
        Assert.True((await other.WriteAsync("stock", "{}"u8.ToArray(), null, TestContext.Current.CancellationToken)).IsWritten);
    }

    [Fact]
    public async Task Many_first_writers_at_once_make_one_table_and_one_of_them_wins()
    {
        var (one, other) = await CreateAsync();
        var writings = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            (i % 2 == 0 ? one : other).WriteAsync("orders", "{}"u8.ToArray(), null, TestContext.Current.CancellationToken).AsTask()));
        Assert.Single(writings, writing => writing.IsWritten);
    }

    [Fact]
    public async Task A_table_that_was_deleted_is_empty_and_made_again()
    {
        var (store, other) = await CreateAsync();
        var writing = await store.WriteAsync("orders", "{}"u8.ToArray(), null, TestContext.Current.CancellationToken);
        await table!.DeleteAsync(TestContext.Current.CancellationToken);
        Assert.Null((await store.ReadAsync("orders", TestContext.Current.CancellationToken)).Content);
        Assert.False((await store.WriteAsync("orders", "{}"u8.ToArray(), writing.Tag, TestContext.Current.CancellationToken)).IsWritten);
        Assert.True((await other.WriteAsync("orders", "{}"u8.ToArray(), null, TestContext.Current.CancellationToken)).IsWritten);
    }

    [Fact]
    public async Task An_operator_reads_the_value_as_text_and_one_that_he_wrote_is_given_to_the_breaker()
    {
        var (store, _) = await CreateAsync();
        await store.WriteAsync("orders", "{\"version\":1}"u8.ToArray(), null, TestContext.Current.CancellationToken);
        var entity = (await table!.GetEntityAsync<TableEntity>("breaker", "orders", cancellationToken: TestContext.Current.CancellationToken)).Value;
        Assert.Equal("{\"version\":1}", entity["value"]);

        foreach (var (value, bytes) in new (object, byte[])[] { ("by hand", "by hand"u8.ToArray()), (7, []) })
        {
            entity["value"] = value;
            await table.UpdateEntityAsync(entity, Azure.ETag.All, TableUpdateMode.Replace, TestContext.Current.CancellationToken);
            var reading = await store.ReadAsync("orders", TestContext.Current.CancellationToken);
            Assert.Equal(bytes, reading.Content!.Value.ToArray());
            Assert.NotNull(reading.Tag);
        }
    }

    [Fact]
    public async Task What_does_not_fit_a_property_is_refused_before_it_is_sent()
    {
        var (store, _) = await CreateAsync();
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await store.WriteAsync("orders", new byte[32 * 1024 + 1], null, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await store.WriteAsync("orders", new byte[] { 0xC3 }, null, TestContext.Current.CancellationToken));
        Assert.False(await ExistsAsync());
    }

    private async Task<bool> ExistsAsync()
    {
        var client = new TableServiceClient(await azurite.ConnectionStringAsync());
        await foreach (var item in client.QueryAsync($"TableName eq '{tableName}'", cancellationToken: TestContext.Current.CancellationToken))
            return item.Name == tableName;
        return false;
    }
}
