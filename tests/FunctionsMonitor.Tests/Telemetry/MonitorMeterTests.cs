using System.Diagnostics.Metrics;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Resilience;
using FunctionsMonitor.Telemetry;
using FunctionsMonitor.Tests.Docs;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace FunctionsMonitor.Tests.Telemetry;

public sealed class MonitorMeterTests : IAsyncDisposable
{
    private readonly TestMonitor monitor = new();

    [Fact]
    public async Task A_request_counts_what_it_acknowledged_and_what_it_refused()
    {
        monitor.Flags.Set(FlagSchema.ValidationStrict, true);
        using var accepted = Collect<long>("functionsmonitor.events.accepted");
        using var rejected = Collect<long>("functionsmonitor.events.rejected");

        await monitor.PostAsync($"[{monitor.Event()},{monitor.Event()},{{}}]");

        Assert.Equal(2, Sum(accepted));
        Assert.Equal(1, Sum(rejected));
    }

    [Fact]
    public async Task A_flush_counts_what_became_of_its_events_and_how_long_it_took()
    {
        using var stored = Collect<long>("functionsmonitor.events.stored");
        using var duplicates = Collect<long>("functionsmonitor.events.duplicates");
        using var dead = Collect<long>("functionsmonitor.events.dead_lettered");
        using var durations = Collect<double>("functionsmonitor.flush.duration");
        var id = Guid.NewGuid();
        await monitor.PostAsync($"[{monitor.Event(id: id)},{monitor.Event(id: id)},{monitor.Event(id: id, data: "{\"n\":2}")}]");

        await monitor.FlushAsync();

        Assert.Equal((1, 1, 1), (Sum(stored), Sum(duplicates), Sum(dead)));
        var tags = Assert.Single(durations.GetMeasurementSnapshot()).Tags;
        Assert.Equal(("completed", "manual", "sqlite"), (tags["outcome"], tags["trigger"], tags["path"]));
    }

    [Fact]
    public async Task What_waits_is_told_with_its_age_and_by_how_much_it_is_overdue()
    {
        await monitor.PostAsync(monitor.Event());
        monitor.Time.Advance(TimeSpan.FromSeconds(400));

        Assert.Equal(1, Read<long>("functionsmonitor.buffer.segments"));
        Assert.Equal(1, Read<long>("functionsmonitor.buffer.events"));
        Assert.True(Read<long>("functionsmonitor.buffer.size") > 0);
        Assert.Equal(400, Read<double>("functionsmonitor.buffer.oldest_age"), 1.0);
        Assert.Equal(100, Read<double>("functionsmonitor.flush.overdue"), 1.0);

        await monitor.FlushAsync();

        Assert.Equal(0, Read<double>("functionsmonitor.flush.overdue"));
    }

    [Fact]
    public async Task Nothing_is_overdue_while_the_flush_is_switched_off()
    {
        await monitor.PostAsync(monitor.Event());
        monitor.Flags.Set(FlagSchema.MetricsPersistence, false);
        monitor.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(0, Read<double>("functionsmonitor.flush.overdue"));
    }

    [Fact]
    public async Task A_breaker_that_turns_calls_away_is_named()
    {
        await monitor.FlushAsync();
        Assert.Equal(0, Blocking("metrics-store"));

        await monitor.Get<PipelineRegistry>().IsolateAsync("metrics-store", TestContext.Current.CancellationToken);

        Assert.Equal(1, Blocking("metrics-store"));
        Assert.Equal(0, Blocking("metrics-store-read"));
    }

    [Fact]
    public async Task The_books_are_drawn_up_by_who_flushes_and_told_when_they_do_not_add_up()
    {
        Assert.Empty(ReadAll<int>("functionsmonitor.ledger.unbalanced"));
        await monitor.PostAsync(monitor.Event());
        await monitor.Get<FlushDue>().FlushIfDueAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, Read<int>("functionsmonitor.ledger.unbalanced"));

        await monitor.PostAsync(monitor.Event());
        await monitor.PostAsync(monitor.Event());
        File.Delete(monitor.SegmentFiles[0]);
        monitor.Time.Advance(TimeSpan.FromMinutes(20));
        await monitor.Get<FlushDue>().FlushIfDueAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, Read<int>("functionsmonitor.ledger.unbalanced"));
    }

    [Fact]
    public void Every_metric_is_in_the_table_of_the_page_with_its_unit_and_no_other_is()
    {
        var instruments = new List<string>();
        var scope = monitor.Get<MonitorMeter>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => Add(instrument) };
        listener.Start();

        void Add(Instrument instrument)
        {
            if (ReferenceEquals(instrument.Meter.Scope, scope))
                instruments.Add($"`{instrument.Name}` {instrument.Unit}");
        }

        var listed = Repository.Rows(Repository.Read("docs/operations.md"))
            .Where(row => row[0].StartsWith("`functionsmonitor.", StringComparison.Ordinal)).Select(row => $"{row[0]} {row[1]}");
        Assert.Equal(instruments.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    public ValueTask DisposeAsync() => monitor.DisposeAsync();

    private MetricCollector<T> Collect<T>(string name) where T : struct => new(monitor.Get<MonitorMeter>(), MonitorMeter.MeterName, name);

    private static long Sum(MetricCollector<long> collector) => collector.GetMeasurementSnapshot().Sum(one => one.Value);

    private T Read<T>(string name) where T : struct => Assert.Single(ReadAll<T>(name)).Value;

    private IReadOnlyList<CollectedMeasurement<T>> ReadAll<T>(string name) where T : struct
    {
        using var collector = Collect<T>(name);
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot();
    }

    private int Blocking(string breaker) => Assert.Single(ReadAll<int>("functionsmonitor.breaker.blocking"), one => Equals(one.Tags["breaker"], breaker)).Value;
}
