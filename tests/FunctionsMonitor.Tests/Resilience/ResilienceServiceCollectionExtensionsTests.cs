using DurableCircuitBreaker;
using FunctionsMonitor.Resilience;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Tests.Resilience;

public sealed class ResilienceServiceCollectionExtensionsTests
{
    [Fact]
    public void A_named_section_lies_over_the_default_one()
    {
        using var services = Build(("Default:MaxAttempts", "4"), ("Default:BreakDuration", "00:00:30"), ("store:MaxAttempts", "7"));
        var options = services.GetRequiredService<IOptionsMonitor<ResiliencePipelineSettings>>();

        Assert.Equal((7, TimeSpan.FromSeconds(30), 5), Facts(options.Get("store")));
        Assert.Equal((4, TimeSpan.FromSeconds(30), 5), Facts(options.Get("another")));

        static (int, TimeSpan, int) Facts(ResiliencePipelineSettings settings) =>
            (settings.MaxAttempts, settings.BreakDuration, settings.FailureThreshold);
    }

    [Theory]
    [InlineData("Default:FailureThreshold", "0", "Resilience:Default:FailureThreshold must be between 1 and 1000; it is 0.")]
    [InlineData("store:FailureThreshold", "1001", "Resilience:store:FailureThreshold must be between 1 and 1000; it is 1001.")]
    public void A_bad_setting_fails_the_start(string key, string value, string message)
    {
        using var services = Build((key, value));

        var error = Record.Exception(services.GetRequiredService<IStartupValidator>().Validate);

        Assert.Contains(message, Assert.IsAssignableFrom<Exception>(error).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_misspelt_setting_fails_the_start()
    {
        using var services = Build(("store:FailureTreshold", "3"));

        var error = Assert.Throws<OptionsValidationException>(services.GetRequiredService<IStartupValidator>().Validate);

        Assert.StartsWith("Resilience:store:FailureTreshold is no setting; there are TotalTimeout, ", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Good_settings_start()
    {
        using var services = Build(("store:FailureThreshold", "3"));

        services.GetRequiredService<IStartupValidator>().Validate();
    }

    [Fact]
    public void The_registry_is_one_and_the_attempt_timeout_is_set_in_code()
    {
        using var services = Build();
        var settings = services.GetRequiredService<IOptionsMonitor<ResiliencePipelineSettings>>().Get("store");

        Assert.Equal(TimeSpan.FromSeconds(9), settings.AttemptTimeout());
        services.GetRequiredService<PipelineRegistry>().Create("store", settings, StoreException.IsTransient);
        Assert.Single(services.GetRequiredService<PipelineRegistry>().List());
    }

    private static ServiceProvider Build(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Resilience:{setting.Key}", (string?)setting.Value)))
            .Build();
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration)
            .AddSingleton<IBreakerStateStore>(new InMemoryBreakerStateStore()).AddResilience();
        services.AddResilienceSettings("store").Configure(static options => options.AttemptTimeout = static () => TimeSpan.FromSeconds(9));
        return services.BuildServiceProvider();
    }
}
