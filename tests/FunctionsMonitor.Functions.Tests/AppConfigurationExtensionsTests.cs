using FunctionsMonitor.Flags;
using FunctionsMonitor.Flags.AppConfiguration;
using FunctionsMonitor.Functions.Flags;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Functions.Tests;

public sealed class AppConfigurationExtensionsTests
{
    private const string Endpoint = "AppConfiguration:Endpoint";

    [Fact]
    public void Where_it_is_not_configured_nothing_is_added() => Assert.Empty(Add([]));

    [Fact]
    public void Where_it_is_configured_the_app_has_it_or_refuses_to_start()
    {
        var settings = new Dictionary<string, string?> { [Endpoint] = "https://flags.azconfig.io" };
        if (AppConfigurationExtensions.Client is null)
        {
            var refusal = Assert.Throws<InvalidOperationException>(() => Add(settings));
            Assert.Contains("this build of the app has no client for it", refusal.Message, StringComparison.Ordinal);
            return;
        }

        var services = Add(settings);
        foreach (var type in new[] { typeof(IFlagSource), typeof(ISettingsReader), typeof(ILastKnownGoodStore) })
            Assert.Single(services, service => service.ServiceType == type);
    }

    private static ServiceCollection Add(Dictionary<string, string?> settings)
    {
        var services = new ServiceCollection();
        services.AddConfiguredAppConfiguration(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), Path.GetTempPath(), "AzureWebJobsStorage", AppConfigurationExtensions.Client);
        return services;
    }
}
