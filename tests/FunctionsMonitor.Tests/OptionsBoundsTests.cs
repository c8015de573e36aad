using FunctionsMonitor.Buffering;
using FunctionsMonitor.Events;
using FunctionsMonitor.Events.CloudEvents;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Idempotency;
using FunctionsMonitor.Live;
using FunctionsMonitor.Storage;
using FunctionsMonitor.Storage.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Tests;

/// <summary>Every bound of every options object: the last value that is accepted, the first that is not, and what is said about it.</summary>
public sealed class OptionsBoundsTests
{
    /// <summary>Setting, lowest, one below, highest, one above; an empty one has no neighbour.</summary>
    public static TheoryData<string, string, string, string, string> Bounds { get; } = new()
    {
        { "Buffering:Linger", "00:00:00", "-00:00:00.0000001", "00:00:05", "00:00:05.0000001" },
        { "Buffering:MaxBytes", "1048576", "1048575", "9223372036854775807", "" },
        { "Buffering:MaxAge", "00:01:00", "00:00:59.9999999", "30.00:00:00", "30.00:00:00.0000001" },
        { "Buffering:SegmentBytes", "4096", "4095", "67108864", "67108865" },
        { "Buffering:MaxCollectingBytes", "1048576", "1048575", "1073741824", "1073741825" },
        { "Buffering:WriteTimeout", "00:00:01", "00:00:00.9999999", "00:03:00", "00:03:00.0000001" },
        { "Buffering:DepthInterval", "00:00:01", "00:00:00.9999999", "00:10:00", "00:10:00.0000001" },
        { "Flush:TransactionEvents", "1", "0", "1000000", "1000001" },
        { "Flush:TransactionBytes", "65536", "65535", "268435456", "268435457" },
        { "Flush:TimeBudget", "00:00:01", "00:00:00.9999999", "01:00:00", "01:00:00.0000001" },
        { "Retention:Events", "1.00:00:00", "23:59:59.9999999", "3650.00:00:00", "3650.00:00:00.0000001" },
        { "Retention:DeadLetters", "1.00:00:00", "23:59:59.9999999", "3650.00:00:00", "3650.00:00:00.0000001" },
        { "Retention:SegmentRows", "1.00:00:00", "23:59:59.9999999", "365.00:00:00", "365.00:00:00.0000001" },
        { "Retention:Flushes", "1.00:00:00", "23:59:59.9999999", "365.00:00:00", "365.00:00:00.0000001" },
        { "Retention:MaxDeadLetters", "1", "0", "9223372036854775807", "" },
        { "Ingest:MaxBodyBytes", "1024", "1023", "67108864", "67108865" },
        { "Ingest:MaxEvents", "1", "0", "1000000", "1000001" },
        { "Ingest:MaxDepth", "2", "1", "64", "65" },
        { "Ingest:MaxEventBytes", "256", "255", "1048576", "1048577" },
        { "Ingest:MaxClockLead", "00:00:00", "-00:00:00.0000001", "7.00:00:00", "7.00:00:00.0000001" },
        { "Idempotency:KeyLifetime", "00:01:00", "00:00:59.9999999", "7.00:00:00", "7.00:00:00.0000001" },
        { "Idempotency:StoreTimeout", "00:00:00.1000000", "00:00:00.0999999", "00:01:00", "00:01:00.0000001" },
        { "CloudEvents:AllowedRate", "0", "-1", "1000000", "1000001" },
        { "FlagSources:RefreshInterval", "00:00:01", "00:00:00.9999999", "01:00:00", "01:00:00.0000001" },
        { "Live:MaxSubscribers", "1", "0", "10000", "10001" },
        { "Live:QueueEvents", "1", "0", "100000", "100001" },
        { "Live:QueueBytes", "65536", "65535", "268435456", "268435457" },
        { "Live:Linger", "00:00:00", "-00:00:00.0000001", "00:10:00", "00:10:00.0000001" },
        { "Live:Heartbeat", "00:00:01", "00:00:00.9999999", "00:05:00", "00:05:00.0000001" },
        { "Live:MaxDuration", "00:00:01", "00:00:00.9999999", "1.00:00:00", "1.00:00:00.0000001" },
        { "Live:ResumeEvents", "0", "-1", "10000", "10001" },
        { "Live:NotifyContents", "false", "", "true", "" },
        { "Live:PresenceInterval", "00:00:00", "-00:00:00.0000001", "00:01:00", "00:01:00.0000001" },
        { "Sqlite:BusyTimeout", "00:00:00", "-00:00:00.0000001", "00:01:00", "00:01:00.0000001" },
    };

    [Theory]
    [MemberData(nameof(Bounds))]
    public void The_bounds_are_accepted_and_what_lies_beyond_stops_the_start_with_one_clear_message(
        string setting, string lowest, string below, string highest, string above)
    {
        foreach (var accepted in (string[])[lowest, highest])
            Assert.Null(Start(setting, accepted));
        foreach (var refused in ((string[])[below, above]).Where(value => value.Length > 0))
            Assert.Equal($"{setting} is {refused}; it must be from {lowest} to {highest}.", Start(setting, refused));
    }

    [Fact]
    public void Every_setting_of_every_options_object_is_in_the_table()
    {
        var sections = new (string Section, Type Type)[]
        {
            (BufferingOptions.Section, typeof(BufferingOptions)), (FlushOptions.Section, typeof(FlushOptions)),
            (RetentionOptions.Section, typeof(RetentionOptions)), (IngestOptions.Section, typeof(IngestOptions)),
            (IdempotencyOptions.Section, typeof(IdempotencyOptions)), (FlagOptions.Section, typeof(FlagOptions)), (SqliteOptions.Section, typeof(SqliteOptions)),
            (LiveOptions.Section, typeof(LiveOptions)), (CloudEventsOptions.Section, typeof(CloudEventsOptions)),
        };
        // A text has no bounds.
        var settings = sections.SelectMany(pair => pair.Type.GetProperties().Where(property => property.PropertyType != typeof(string)).Select(property => $"{pair.Section}:{property.Name}"));
        Assert.Equal(settings.Order(StringComparer.Ordinal), Bounds.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("", true)]
    [InlineData("a.example, b-2.example:8080", true)]
    [InlineData("a.example\r\nX-Other: 1", false)]
    [InlineData("https://a.example/", false)]
    [InlineData("*.example", false)]
    public void Origins_of_webhooks_are_names(string origins, bool accepted) => Assert.Equal(
        accepted ? null : "CloudEvents:AllowedOrigins must be DNS names separated by commas, or *.", Start("CloudEvents:AllowedOrigins", origins));

    [Fact]
    public async Task The_defaults_are_those_of_the_documentation()
    {
        await using var monitor = new TestMonitor();
        var buffering = monitor.Get<IOptions<BufferingOptions>>().Value;
        Assert.Equal(
            (TimeSpan.Zero, 10L << 30, TimeSpan.FromHours(24), 4 << 20, 64 << 20, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10)),
            (buffering.Linger, buffering.MaxBytes, buffering.MaxAge, buffering.SegmentBytes, buffering.MaxCollectingBytes, buffering.WriteTimeout, buffering.DepthInterval));
        var flush = monitor.Get<IOptions<FlushOptions>>().Value;
        Assert.Equal((20_000, 8 << 20, TimeSpan.FromSeconds(180)), (flush.TransactionEvents, flush.TransactionBytes, flush.TimeBudget));
        var retention = monitor.Get<IOptions<RetentionOptions>>().Value;
        Assert.Equal(
            (30, 30, 7, 30, 100_000),
            (retention.Events.Days, retention.DeadLetters.Days, retention.SegmentRows.Days, retention.Flushes.Days, retention.MaxDeadLetters));
        var ingest = monitor.Get<IOptions<IngestOptions>>().Value;
        Assert.Equal(
            (4 << 20, 100_000, 32, 256 << 10, TimeSpan.FromHours(24)),
            (ingest.MaxBodyBytes, ingest.MaxEvents, ingest.MaxDepth, ingest.MaxEventBytes, ingest.MaxClockLead));
        var idempotency = monitor.Get<IOptions<IdempotencyOptions>>().Value;
        Assert.Equal((TimeSpan.FromHours(24), TimeSpan.FromSeconds(5)), (idempotency.KeyLifetime, idempotency.StoreTimeout));
        Assert.Equal(TimeSpan.FromSeconds(30), monitor.Get<IOptions<FlagOptions>>().Value.RefreshInterval);
        var live = monitor.Get<IOptions<LiveOptions>>().Value;
        Assert.Equal((100, 1000, 4 << 20, 1000), (live.MaxSubscribers, live.QueueEvents, live.QueueBytes, live.ResumeEvents));
        Assert.Equal(
            (TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(2)),
            (live.Linger, live.Heartbeat, live.MaxDuration, live.PresenceInterval));
    }

    [Fact]
    public void Several_faults_are_told_at_once() => Assert.Equal(
        ["Flush:TransactionEvents is 0; it must be from 1 to 1000000.", "Flush:TimeBudget is 00:00:00; it must be from 00:00:01 to 01:00:00."],
        new FlushOptionsValidator().Validate(null, new() { TransactionEvents = 0, TimeBudget = TimeSpan.Zero }).Failures!);

    /// <summary>What a start with this one setting says; null when it starts.</summary>
    private static string? Start(string setting, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [setting] = value }).Build();
        using var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration)
            .AddFunctionsMonitorCore(configuration).AddEmbeddedStores(configuration, "unused").BuildServiceProvider();
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            return null;
        }
        catch (OptionsValidationException exception)
        {
            return Assert.Single(exception.Failures);
        }
    }
}
