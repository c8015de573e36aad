using FunctionsMonitor.Flags.AppConfiguration;
using FunctionsMonitor.Storage;
using FunctionsMonitor.Storage.Azure;
using FunctionsMonitor.Storage.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Tests.Storage.Azure;

public sealed class AzureBlobLastKnownGoodOptionsTests() : AzureAccountOptionsContract<AzureBlobLastKnownGoodOptions>(
    new AzureBlobLastKnownGoodOptionsValidator(), "LastKnownGood", "blob", nameof(AzureBlobLastKnownGoodOptions.NetworkTimeout))
{
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

    [Theory]
    [InlineData(null, typeof(FileLastKnownGoodStore))]
    [InlineData("LastKnownGood:ConnectionString", typeof(AzureBlobLastKnownGoodStore))]
    [InlineData("ConnectionStrings:AzureStorage", typeof(AzureBlobLastKnownGoodStore))]
    [InlineData("AzureWebJobsStorage", typeof(AzureBlobLastKnownGoodStore))]
    [InlineData("AzureWebJobsStorage:accountName", typeof(AzureBlobLastKnownGoodStore), "account")]
    public void It_is_a_file_unless_an_account_is_configured(string? setting, Type store, string? value = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(setting is null ? [] : new Dictionary<string, string?> { [setting] = value ?? TestAccount.Connection }).Build();
        using var provider = new ServiceCollection().AddLastKnownGoodStore(configuration, Path.GetTempPath(), "AzureWebJobsStorage").BuildServiceProvider();
        Assert.IsType(store, provider.GetRequiredService<ILastKnownGoodStore>());
    }

    [Fact]
    public void A_wrong_setting_is_named()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["LastKnownGood:ContainerName"] = "X" }).Build();
        using var provider = new ServiceCollection().AddLastKnownGoodStore(configuration, Path.GetTempPath()).BuildServiceProvider();
        var exception = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<ILastKnownGoodStore>);
        Assert.Contains(exception.Failures, fault => fault.StartsWith("LastKnownGood:ContainerName ", StringComparison.Ordinal));
    }

    protected override AzureBlobLastKnownGoodOptions WithTimeout(TimeSpan timeout) => new() { Endpoint = Account, NetworkTimeout = timeout };
}
