using FunctionsMonitor.Flags.AppConfiguration;
using FunctionsMonitor.Storage;
using FunctionsMonitor.Storage.Azure;
using FunctionsMonitor.Storage.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Tests.Storage.Azure;

public sealed class AzureBlobLastKnownGoodOptionsTests
{
    private static readonly string Connection = $"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={Convert.ToBase64String("not a key"u8)};EndpointSuffix=core.windows.net";
    private static readonly Uri Account = new("https://account.blob.core.windows.net");

    [Fact]
    public void A_connection_string_or_an_endpoint_is_needed_and_not_both()
    {
        Assert.Null(Fault(new() { ConnectionString = Connection }));
        Assert.Null(Fault(new() { Endpoint = Account, ClientId = "b6f2…" }));
        Assert.Equal("LastKnownGood:ConnectionString or Endpoint must be set, and not both.", Fault(new()));
        Assert.Equal("LastKnownGood:ConnectionString or Endpoint must be set, and not both.", Fault(new() { ConnectionString = Connection, Endpoint = Account }));
        Assert.Equal("LastKnownGood:ClientId needs Endpoint.", Fault(new() { ConnectionString = Connection, ClientId = "b6f2…" }));
        Assert.Equal("LastKnownGood:Endpoint must be an absolute https address.", Fault(new() { Endpoint = new Uri("http://account.blob.core.windows.net") }));
        Assert.Equal($"LastKnownGood:ConnectionString {AzureAccountFaults.NoConnection}.", Fault(new() { ConnectionString = "AccountName=a;AccountKey=secret!" }));
    }

    [Fact]
    public void A_container_name_is_3_to_63_small_letters_digits_and_single_hyphens()
    {
        foreach (var name in new[] { AzureBlobLastKnownGoodOptions.DefaultContainerName, "abc", "1-2", new string('x', 63) })
            Assert.Null(Fault(new() { Endpoint = Account, ContainerName = name }));
        foreach (var name in new[] { null!, "", "ab", "Abc", "a--b", "-ab", "ab-", "a_b", "flags\n", new string('x', 64) })
        {
            Assert.Equal(
                "LastKnownGood:ContainerName must be 3 to 63 small letters, digits and single hyphens between them.", Fault(new() { Endpoint = Account, ContainerName = name }));
        }
    }

    [Fact]
    public void The_network_timeout_is_from_100_milliseconds_to_a_minute()
    {
        foreach (var (ticks, valid) in new[] { (1_000_000L, true), (999_999, false), (600_000_000, true), (600_000_001, false) })
            Assert.Equal(valid, Fault(new() { Endpoint = Account, NetworkTimeout = TimeSpan.FromTicks(ticks) }) is null);
    }

    [Theory]
    [InlineData(null, typeof(FileLastKnownGoodStore))]
    [InlineData("LastKnownGood:ConnectionString", typeof(AzureBlobLastKnownGoodStore))]
    [InlineData("ConnectionStrings:AzureStorage", typeof(AzureBlobLastKnownGoodStore))]
    [InlineData("AzureWebJobsStorage", typeof(AzureBlobLastKnownGoodStore))]
    [InlineData("AzureWebJobsStorage:accountName", typeof(AzureBlobLastKnownGoodStore), "account")]
    public void It_is_a_file_unless_an_account_is_configured(string? setting, Type store, string? value = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(setting is null ? [] : new Dictionary<string, string?> { [setting] = value ?? Connection }).Build();
        using var provider = new ServiceCollection().AddLastKnownGoodStore(configuration, Path.GetTempPath(), "AzureWebJobsStorage").BuildServiceProvider();
        Assert.IsType(store, provider.GetRequiredService<ILastKnownGoodStore>());
    }

    [Fact]
    public void A_wrong_setting_is_named()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["LastKnownGood:ContainerName"] = "X" }).Build();
        using var provider = new ServiceCollection().AddLastKnownGoodStore(configuration, Path.GetTempPath()).BuildServiceProvider();
        Assert.Throws<OptionsValidationException>(provider.GetRequiredService<ILastKnownGoodStore>);
    }

    private static string? Fault(AzureBlobLastKnownGoodOptions options) => new AzureBlobLastKnownGoodOptionsValidator().Validate(null, options).FailureMessage;
}
