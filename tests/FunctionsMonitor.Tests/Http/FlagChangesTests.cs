using System.Net;
using System.Text.Json;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flags.AppConfiguration;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Resilience;
using FunctionsMonitor.Tests.Flags.AppConfiguration;
using FunctionsMonitor.Tests.Http.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Tests.Http;

/// <summary>
/// Whole hosts over HTTP whose flags come from one App Configuration store, all but its client. Each refreshes by its own timer, as its program
/// would; only the clock is the test's.
/// </summary>
public sealed class FlagChangesTests
{
    private const string Strict = "MONITORING_VALIDATION_STRICT";
    private const string Batch = "MONITORING_BATCH_SIZE";
    private const string Interval = "MONITORING_METRICS_FLUSH_INTERVAL";
    private const string Invalid = """{"event_type":"","timestamp":"2026-11-24T12:00:00Z","source":"tests","data":{}}""";
    private static readonly TimeSpan RefreshInterval = new FlagOptions().RefreshInterval;
    private readonly FakeAppConfiguration configuration = new();
    private readonly FakeLastKnownGoodStore copies = new();

    [Fact]
    public async Task A_change_takes_effect_on_every_instance_within_its_refresh_interval_and_without_a_restart()
    {
        configuration.SetFlag(Strict, AppConfigurationFlagSourceTests.Off(Strict)).SetValue(Batch, "3").SetValue(Interval, "120");
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        foreach (var instance in (HttpMonitor[])[one, other])
            Assert.Equal("v2", Flag(await instance.ReadAsync("/flags/status"), Batch).Text("version"));

        // This moves the clock, and with it the timer that refreshes; the other's stands still until it is said to move.
        await AssertAsync(one, strict: false, batchSize: 3, intervalSeconds: 120);

        configuration.SetFlag(Strict, AppConfigurationFlagSourceTests.On(Strict)).SetValue(Batch, "2").SetValue(Interval, "60");
        // Nobody was told: each asks when its own interval is over, and not before.
        one.Time.Advance(RefreshInterval);
        await Eventually.TrueAsync(async () => Flag(await one.ReadAsync("/flags/status"), Batch).Text("version") == "v5");
        Assert.Equal("v2", Flag(await other.ReadAsync("/flags/status"), Batch).Text("version"));
        await AssertAsync(one, strict: true, batchSize: 2, intervalSeconds: 60);

        other.Time.Advance(RefreshInterval);
        await Eventually.TrueAsync(async () => Flag(await other.ReadAsync("/flags/status"), Batch).Text("version") == "v5");
        await AssertAsync(other, strict: true, batchSize: 2, intervalSeconds: 60);
    }

    [Fact]
    public async Task An_instance_that_starts_during_an_outage_says_what_its_flags_are_and_how_old()
    {
        configuration.SetFlag(Strict, AppConfigurationFlagSourceTests.On(Strict)).SetValue(Batch, "2");
        await using (await StartAsync())
        {
        }

        configuration.Failure = FakeAppConfiguration.Down;
        await using var cold = await StartAsync(attempts: 1);
        cold.Time.Advance(TimeSpan.FromSeconds(5));

        foreach (var path in (string[])["/flags/status", "/health/flags"])
        {
            var batch = Flag(await cold.ReadAsync(path), Batch);
            Assert.Equal(("2", "app-configuration", "v2", "5"), (batch.Text("value"), batch.Text("source"), batch.Text("version"), batch.Text("age_seconds")));
        }

        var health = await cold.ReadAsync("/health/flags");
        Assert.Equal("degraded", health.Text("status"));
        Assert.Contains("the shared copy of its answer of", Assert.Single(health.Items("problems")).GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PostAsync(cold, Invalid));
        var pipelines = (await cold.ReadAsync("/metrics/resilience")).Items("pipelines").Select(pipeline => pipeline.Text("name"));
        Assert.Contains("app-configuration", pipelines);
    }

    [Fact]
    public async Task What_was_ignored_is_shown_with_the_reason()
    {
        configuration.SetFlag(Strict, """{ "id": "MONITORING_VALIDATION_STRICT", "enabled": true, "conditions": { "client_filters": [ { "name": "Percentage" } ] } }""");
        await using var monitor = await StartAsync();

        var strict = Flag(await monitor.ReadAsync("/health/flags"), Strict);
        Assert.Equal(("False", "default"), (strict.Text("value"), strict.Text("source")));
        Assert.Null(strict.Text("version"));
        var ignored = Assert.Single(strict.Items("ignored"));
        Assert.Equal(("app-configuration", "False"), (ignored.Text("source"), ignored.Text("kept_last_good")));
        Assert.Contains("a percentage filter is not supported", ignored.Text("reason"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pipeline_to_it_has_its_own_defaults_and_takes_its_section()
    {
        await using var monitor = await StartAsync(attempts: 7);
        var settings = monitor.Get<Microsoft.Extensions.Options.IOptionsMonitor<ResiliencePipelineSettings>>().Get("app-configuration");
        Assert.Equal(
            (7, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(5)),
            (settings.MaxAttempts, settings.TotalTimeout, settings.SamplingDuration, settings.AttemptTimeout()));
    }

    /// <summary>The three flags, each by what it does.</summary>
    private static async Task AssertAsync(HttpMonitor instance, bool strict, int batchSize, int intervalSeconds)
    {
        Assert.Equal(strict ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.Accepted, await PostAsync(instance, Invalid));
        await instance.FlushAsync();
        var due = instance.Get<FlushDue>();

        for (var pending = 1; pending <= batchSize; pending++)
        {
            Assert.False(await due.IsDueAsync(TestContext.Current.CancellationToken));
            await instance.IngestAsync(instance.Event());
        }

        Assert.Equal(batchSize, (await due.FlushIfDueAsync(TestContext.Current.CancellationToken))!.Stored);
        instance.Time.Advance(TimeSpan.FromSeconds(intervalSeconds) - TimeSpan.FromTicks(1));
        Assert.False(await due.IsDueAsync(TestContext.Current.CancellationToken));
        instance.Time.Advance(TimeSpan.FromTicks(1));
        Assert.True(await due.IsDueAsync(TestContext.Current.CancellationToken));
    }

    private static JsonElement Flag(JsonElement answer, string name) => answer.Items("flags").Single(flag => flag.Text("name") == name);

    private static async Task<HttpStatusCode> PostAsync(HttpMonitor instance, string body)
    {
        using var response = await instance.PostAsync("/events", body);
        return response.StatusCode;
    }

    private Task<HttpMonitor> StartAsync(int attempts = 3)
    {
        var settings = new Dictionary<string, string?>
        {
            ["AppConfiguration:ConnectionString"] = FlagInstance.ConnectionString,
            ["Resilience:app-configuration:MaxAttempts"] = $"{attempts}",
        };
        var named = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        return HttpMonitor.StartAsync(
            services => services.AddSingleton<ISettingsReader>(configuration).AddSingleton<ILastKnownGoodStore>(copies).AddAppConfigurationFlags(named), settings);
    }
}
