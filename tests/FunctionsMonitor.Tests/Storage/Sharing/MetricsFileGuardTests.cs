using FunctionsMonitor.Health;
using FunctionsMonitor.Storage;
using FunctionsMonitor.Storage.Sharing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Tests.Storage.Sharing;

/// <summary>Segments that all instances share, beside a metrics store that each has for itself. Nothing is connected here.</summary>
public sealed class MetricsFileGuardTests
{
    private const string HostSetting = "AzureWebJobsStorage";
    private const string Single = "FunctionsMonitor:SingleInstance";
    private static readonly (string, string) Account = ($"{HostSetting}:accountName", "a");
    private static readonly (string, string) Azure = ("WEBSITE_INSTANCE_ID", "0f3a");

    [Theory]
    [InlineData("WEBSITE_INSTANCE_ID", $"{HostSetting}:accountName", "a")]
    [InlineData("WEBSITE_SITE_NAME", $"{HostSetting}:accountName", "a")]
    [InlineData("WEBSITE_SITE_NAME", "SegmentContainer:Endpoint", "https://a.blob.core.windows.net")]
    [InlineData("WEBSITE_SITE_NAME", HostSetting, "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=bm90IGEga2V5;EndpointSuffix=core.windows.net")]
    public void On_Azure_shared_segments_with_a_metrics_store_in_a_file_stop_the_start_and_the_settings_are_named(string variable, string setting, string value)
    {
        using var stores = Provide((variable, "x"), (setting, value), ("Postgress:Host", "mistyped"));

        var exception = Assert.Throws<OptionsValidationException>(stores.GetRequiredService<IStartupValidator>().Validate);

        var fault = Assert.Single(exception.Failures);
        Assert.All(
            (string[])[Single, "Postgres:Host", "Postgres:ConnectionString", "ConnectionStrings:Postgres", "FunctionsMonitor:DataPath"],
            name => Assert.Contains(name, fault, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Postgres:Host", "db", "Postgres:Database", "Postgres:Username")]
    [InlineData("Postgres:ConnectionString", "Host=localhost")]
    [InlineData("ConnectionStrings:Postgres", "Host=localhost")]
    public async Task With_PostgreSQL_there_is_nothing_to_say(string setting, string value, params string[] more)
    {
        await using var stores = Provide([Azure, Account, (setting, value), .. more.Select(name => (name, "x"))]);
        stores.GetRequiredService<IStartupValidator>().Validate();
        Assert.Null(await CauseAsync(stores));
    }

    [Fact]
    public async Task Who_promises_a_single_instance_starts_on_Azure_too_and_hears_nothing_more()
    {
        await using var stores = Provide(Azure, Account, (Single, "true"));
        stores.GetRequiredService<IStartupValidator>().Validate();
        Assert.Null(await CauseAsync(stores));
    }

    [Fact]
    public async Task Off_Azure_it_starts_and_health_and_a_line_at_start_say_what_cannot_be_seen()
    {
        await using var stores = Provide(Account);
        stores.GetRequiredService<IStartupValidator>().Validate();
        Assert.Contains(Single, await CauseAsync(stores), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Segments_on_Azure_in_a_folder_too_and_an_emulator_on_this_machine_are_nobody_elses()
    {
        await using (var folder = Provide(Azure))
        {
            folder.GetRequiredService<IStartupValidator>().Validate();
            Assert.Null(await CauseAsync(folder));
        }

        await using var emulator = Provide((HostSetting, "UseDevelopmentStorage=true"));
        Assert.Null(await CauseAsync(emulator));
    }

    /// <summary>What health says, when the line at the start says the same.</summary>
    private static async Task<string?> CauseAsync(ServiceProvider stores)
    {
        foreach (var service in stores.GetServices<IHostedService>().OfType<MetricsFileWarning>())
            await service.StartAsync(TestContext.Current.CancellationToken);
        var lines = stores.GetRequiredService<FakeLogCollector>().GetSnapshot().Where(record => record.Id.Id == 3100).Select(record => record.Message);

        var causes = new List<string>();
        foreach (var check in stores.GetServices<IHealthCheck>().Where(check => check.Name == "instances"))
        {
            var (status, cause) = await check.CheckAsync(TestContext.Current.CancellationToken);
            Assert.Equal(cause is null ? HealthStatus.Healthy : HealthStatus.Degraded, status);
            if (cause is not null)
                causes.Add(cause);
        }

        Assert.Equal(causes, lines);
        return causes.SingleOrDefault();
    }

    /// <summary>Composed as the hosts do it.</summary>
    private static ServiceProvider Provide(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(pair => pair.Name, pair => (string?)pair.Value)).Build();
        return new ServiceCollection().AddLogging(builder => builder.AddFakeLogging()).AddSingleton<IConfiguration>(configuration)
            .AddFunctionsMonitorCore(configuration).AddEmbeddedStores(configuration, "unused").AddConfiguredAzureStores(configuration, HostSetting)
            .AddConfiguredMetricsStore(configuration).BuildServiceProvider();
    }
}
