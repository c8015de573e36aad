using DurableCircuitBreaker;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Idempotency;
using FunctionsMonitor.Operations;
using FunctionsMonitor.Storage;
using FunctionsMonitor.Storage.Azure;
using FunctionsMonitor.Storage.Files;
using FunctionsMonitor.Storage.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Tests.Storage.Azure;

/// <summary>Which settings put what into a storage account. Nothing is connected here.</summary>
public sealed class ConfiguredAzureStoresTests
{
    private const string HostSetting = "AzureWebJobsStorage";
    private static readonly string Connection = TestAccount.Connection;
    private static readonly Uri Blobs = new("https://a.blob.core.windows.net");
    private static readonly Uri Tables = new("https://a.table.core.windows.net");

    [Fact]
    public void Without_an_account_everything_is_in_the_data_folder()
    {
        using var stores = Provide(null, ("AzureWebJobsStorage", Connection), ("ConnectionStrings:AzureStorage", ""));
        AssertStores<FolderSegmentStore, SqliteStateStore, SqliteIdempotencyStore, FileBreakerStateStore>(stores);
        Assert.Equal(TimeSpan.Zero, stores.GetRequiredService<IOptions<BufferingOptions>>().Value.Linger);
    }

    [Theory]
    [InlineData("ConnectionStrings:AzureStorage", null)]
    [InlineData("ConnectionStrings:AzureStorage", HostSetting)]
    [InlineData(HostSetting, HostSetting)]
    public void A_connection_string_moves_segments_and_state(string setting, string? hostSetting)
    {
        using var stores = Provide(hostSetting, (setting, Connection));
        AssertStores<BlobSegmentStore, AzureTableStateStore, AzureTableIdempotencyStore, AzureTableBreakerStateStore>(stores);
        Assert.Equal((Connection, null), (BlobOptions(stores).ConnectionString, BlobOptions(stores).Endpoint));
        Assert.Equal((Connection, null), (TableOptions(stores).ConnectionString, TableOptions(stores).Endpoint));
        Assert.Equal(AzureStorageServiceCollectionExtensions.BlobLinger, stores.GetRequiredService<IOptions<BufferingOptions>>().Value.Linger);
    }

    [Theory]
    [InlineData("ConnectionStrings:AzureStorage", null)]
    [InlineData(HostSetting, HostSetting)]
    public void Endpoints_for_an_identity_move_segments_and_state(string setting, string? hostSetting)
    {
        foreach (var settings in new (string, string)[][]
        {
            [($"{setting}:blobServiceUri", Blobs.ToString()), ($"{setting}:tableServiceUri", Tables.ToString())], [($"{setting}:accountName", "a")],
        })
        {
            using var stores = Provide(hostSetting, [.. settings, ($"{setting}:clientId", "b6f2…"), ($"{setting}:credential", "managedidentity")]);
            AssertStores<BlobSegmentStore, AzureTableStateStore, AzureTableIdempotencyStore, AzureTableBreakerStateStore>(stores);
            Assert.Equal((null, Blobs, "b6f2…"), (BlobOptions(stores).ConnectionString, BlobOptions(stores).Endpoint, BlobOptions(stores).ClientId));
            Assert.Equal((null, Tables, "b6f2…"), (TableOptions(stores).ConnectionString, TableOptions(stores).Endpoint, TableOptions(stores).ClientId));
        }
    }

    [Fact]
    public void The_projects_own_setting_comes_before_the_hosts()
    {
        using var stores = Provide(HostSetting, ("ConnectionStrings:AzureStorage", "UseDevelopmentStorage=true"), (HostSetting, Connection));
        Assert.Equal("UseDevelopmentStorage=true", BlobOptions(stores).ConnectionString);
        Assert.Equal("UseDevelopmentStorage=true", TableOptions(stores).ConnectionString);
    }

    [Fact]
    public void A_section_of_its_own_moves_one_of_the_two_and_comes_before_the_account()
    {
        using (var blobs = Provide(null, ("SegmentContainer:Endpoint", Blobs.ToString()), ("SegmentContainer:SpreadNames", "true")))
        {
            AssertStores<BlobSegmentStore, SqliteStateStore, SqliteIdempotencyStore, FileBreakerStateStore>(blobs);
            Assert.True(BlobOptions(blobs).SpreadNames);
        }

        using (var table = Provide(null, ("StateTable:ConnectionString", Connection)))
            AssertStores<FolderSegmentStore, AzureTableStateStore, AzureTableIdempotencyStore, AzureTableBreakerStateStore>(table);

        using var both = Provide(null, ("ConnectionStrings:AzureStorage", Connection), ("StateTable:Endpoint", Tables.ToString()), ("SegmentContainer:ContainerName", "other"));
        Assert.Equal((null, Tables), (TableOptions(both).ConnectionString, TableOptions(both).Endpoint));
        Assert.Equal((Connection, "other"), (BlobOptions(both).ConnectionString, BlobOptions(both).ContainerName));
    }

    [Fact]
    public void A_linger_that_is_configured_stays()
    {
        using var stores = Provide(null, ("ConnectionStrings:AzureStorage", Connection), ("Buffering:Linger", "00:00:00"));
        Assert.Equal(TimeSpan.Zero, stores.GetRequiredService<IOptions<BufferingOptions>>().Value.Linger);
    }

    [Theory]
    [InlineData("SegmentContainer:ContainerName", "other", "SegmentContainer:ConnectionString or Endpoint must be set, and not both.")]
    [InlineData("StateTable:TableName", "other", "StateTable:ConnectionString or Endpoint must be set, and not both.")]
    [InlineData("ConnectionStrings:AzureStorage:blobServiceUri", "https://a.blob.core.windows.net", "StateTable:ConnectionString or Endpoint must be set, and not both.")]
    public void Half_an_account_stops_the_start(string setting, string value, string fault)
    {
        using var stores = Provide(null, (setting, value));
        var exception = Assert.Throws<OptionsValidationException>(stores.GetRequiredService<IStartupValidator>().Validate);
        Assert.Equal(fault, Assert.Single(exception.Failures));
    }

    private static void AssertStores<TSegments, TState, TKeys, TBreakers>(ServiceProvider stores)
    {
        Assert.IsType<TSegments>(stores.GetRequiredService<ISegmentStore>());
        Assert.IsType<TState>(stores.GetRequiredService<IOperationLog>());
        Assert.IsType<TState>(stores.GetRequiredService<IFlushSchedule>());
        Assert.IsType<TKeys>(stores.GetRequiredService<IIdempotencyStore>());
        Assert.IsType<TBreakers>(stores.GetRequiredService<IBreakerStateStore>());
    }

    private static BlobSegmentStoreOptions BlobOptions(ServiceProvider stores) => stores.GetRequiredService<IOptions<BlobSegmentStoreOptions>>().Value;

    private static AzureTableOptions TableOptions(ServiceProvider stores) => stores.GetRequiredService<IOptions<AzureTableOptions>>().Value;

    private static ServiceProvider Provide(string? hostSetting, params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(pair => pair.Name, pair => (string?)pair.Value)).Build();
        return new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddFunctionsMonitorCore(configuration)
            .AddEmbeddedStores(configuration, "unused").AddConfiguredAzureStores(configuration, hostSetting).BuildServiceProvider();
    }
}
