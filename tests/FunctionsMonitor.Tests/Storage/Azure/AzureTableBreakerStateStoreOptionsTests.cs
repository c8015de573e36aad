using DurableCircuitBreaker;
using FunctionsMonitor.Storage;
using FunctionsMonitor.Storage.Azure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Tests.Storage.Azure;

public sealed class AzureTableBreakerStateStoreOptionsTests
{
    private static readonly string Connection = $"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={Convert.ToBase64String("not a key"u8)};EndpointSuffix=core.windows.net";
    private static readonly Uri Account = new("https://account.table.core.windows.net");

    [Fact]
    public void A_connection_string_or_an_endpoint_is_needed_and_not_both()
    {
        Assert.Null(Fault(new() { ConnectionString = Connection }));
        Assert.Null(Fault(new() { Endpoint = Account }));
        Assert.Null(Fault(new() { Endpoint = Account, ClientId = "b6f2…" }));
        Assert.Equal("BreakerTable:ConnectionString or Endpoint must be set, and not both.", Fault(new()));
        Assert.Equal("BreakerTable:ConnectionString or Endpoint must be set, and not both.", Fault(new() { ConnectionString = Connection, Endpoint = Account }));
        Assert.Equal("BreakerTable:ClientId needs Endpoint.", Fault(new() { ConnectionString = Connection, ClientId = "b6f2…" }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("account")]
    [InlineData("AccountName=a;AccountKey=secret!")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a")]
    public void A_wrong_connection_string_is_refused_without_being_repeated(string connection) =>
        Assert.Equal("BreakerTable:ConnectionString is not a storage account's connection string.", Fault(new() { ConnectionString = connection }));

    [Theory]
    [InlineData("http://account.table.core.windows.net")]
    [InlineData("account.table.core.windows.net")]
    public void A_token_is_sent_over_https_only(string endpoint) =>
        Assert.Equal("BreakerTable:Endpoint must be an absolute https address.", Fault(new() { Endpoint = new Uri(endpoint, UriKind.RelativeOrAbsolute) }));

    [Fact]
    public void A_table_name_is_3_to_63_letters_and_digits_that_begin_with_a_letter()
    {
        foreach (var name in new[] { AzureTableBreakerStateStoreOptions.DefaultTableName, "abc", "A12", new string('x', 63) })
            Assert.Null(Fault(new() { Endpoint = Account, TableName = name }));
        foreach (var name in new[] { null!, "", "ab", "1ab", "a-b", "a_b", "äbc", "tables", "Tables", new string('x', 64) })
        {
            Assert.Equal(
                "BreakerTable:TableName must be 3 to 63 letters and digits that begin with a letter, and not 'tables'.",
                Fault(new() { Endpoint = Account, TableName = name }));
        }
    }

    [Fact]
    public void The_network_timeout_is_from_100_milliseconds_to_a_minute()
    {
        Assert.Null(Fault(Timeout(TimeSpan.FromMilliseconds(100))));
        Assert.Null(Fault(Timeout(TimeSpan.FromMinutes(1))));
        Assert.Equal(
            "BreakerTable:NetworkTimeout is 00:00:00.0999999; it must be from 00:00:00.1000000 to 00:01:00.",
            Fault(Timeout(TimeSpan.FromMilliseconds(100) - TimeSpan.FromTicks(1))));
        Assert.Equal(
            "BreakerTable:NetworkTimeout is 00:01:00.0000001; it must be from 00:00:00.1000000 to 00:01:00.",
            Fault(Timeout(TimeSpan.FromMinutes(1) + TimeSpan.FromTicks(1))));
    }

    [Fact]
    public void The_store_comes_from_the_section_or_else_from_the_accounts_connection_string()
    {
        Assert.Equal(Account, Resolve(new() { ["BreakerTable:Endpoint"] = Account.ToString(), ["ConnectionStrings:AzureStorage"] = Connection }).Endpoint);
        Assert.Null(Resolve(new() { ["BreakerTable:Endpoint"] = Account.ToString(), ["ConnectionStrings:AzureStorage"] = Connection }).ConnectionString);
        var options = Resolve(new() { ["ConnectionStrings:AzureStorage"] = Connection, ["BreakerTable:TableName"] = "other", ["BreakerTable:NetworkTimeout"] = "00:00:02" });
        Assert.Equal(Connection, options.ConnectionString);
        Assert.Equal("other", options.TableName);
        Assert.Equal(TimeSpan.FromSeconds(2), options.NetworkTimeout);
    }

    [Fact]
    public void Without_an_account_there_is_no_store()
    {
        using var provider = Provide([]);
        Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IBreakerStateStore>);
    }

    [Theory]
    [InlineData(null, typeof(FileBreakerStateStore))]
    [InlineData("BreakerTable:ConnectionString", typeof(AzureTableBreakerStateStore))]
    [InlineData("ConnectionStrings:AzureStorage", typeof(AzureTableBreakerStateStore))]
    public void The_table_takes_the_folders_place_where_it_is_configured(string? setting, Type store)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(setting is null ? [] : new Dictionary<string, string?> { [setting] = Connection })
            .Build();
        using var provider = new ServiceCollection().AddSingleton(TimeProvider.System)
            .AddEmbeddedStores(configuration, Path.GetTempPath()).AddConfiguredBreakerStateStore(configuration).BuildServiceProvider();

        Assert.IsType(store, provider.GetRequiredService<IBreakerStateStore>());
    }

    private static AzureTableBreakerStateStoreOptions Timeout(TimeSpan timeout) => new() { Endpoint = Account, NetworkTimeout = timeout };

    private static string? Fault(AzureTableBreakerStateStoreOptions options) => new AzureTableBreakerStateStoreOptionsValidator().Validate(null, options).FailureMessage;

    private static AzureTableBreakerStateStoreOptions Resolve(Dictionary<string, string?> settings)
    {
        using var provider = Provide(settings);
        Assert.IsType<AzureTableBreakerStateStore>(provider.GetRequiredService<IBreakerStateStore>());
        return provider.GetRequiredService<IOptions<AzureTableBreakerStateStoreOptions>>().Value;
    }

    private static ServiceProvider Provide(Dictionary<string, string?> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        return new ServiceCollection().AddAzureTableBreakerStateStore(configuration).BuildServiceProvider();
    }
}
