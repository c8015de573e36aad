using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Resilience;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;

namespace FunctionsMonitor.Tests.Flushing;

public sealed class FlushDueTests
{
    private readonly HookedMetricsStore store = new();
    private readonly Schedule schedule = new();

    [Fact]
    public async Task It_is_due_when_the_last_flush_is_unknown_and_then_not_before_the_interval_is_over()
    {
        await using var monitor = Start();
        Assert.True(await IsDue(monitor));
        Assert.Equal(FlushOutcome.Empty, (await Tick(monitor))!.Outcome);

        Assert.False(await IsDue(monitor));
        monitor.Time.Advance(TimeSpan.FromSeconds(299));
        Assert.Null(await Tick(monitor));
        monitor.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await IsDue(monitor));
    }

    [Fact]
    public async Task The_interval_is_the_flags_of_now()
    {
        await using var monitor = Start();
        await Tick(monitor);
        monitor.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(await IsDue(monitor));
        monitor.Flags.Set(FlagSchema.MetricsFlushInterval, 10);
        Assert.True(await IsDue(monitor));
    }

    [Fact]
    public async Task It_is_due_once_so_many_events_are_pending_and_not_one_earlier()
    {
        await using var monitor = Start();
        monitor.Flags.Set(FlagSchema.BatchSize, 3);
        await Tick(monitor);
        await monitor.PostAsync($"[{monitor.Event()},{monitor.Event()}]");
        Assert.False(await IsDue(monitor));
        await monitor.PostAsync(monitor.Event());
        Assert.True(await IsDue(monitor));
        Assert.Equal(3, (await Tick(monitor))!.Stored);
        Assert.False(await IsDue(monitor));
    }

    [Fact]
    public async Task It_is_never_due_with_persistence_off()
    {
        await using var monitor = Start();
        monitor.Flags.Set(FlagSchema.MetricsPersistence, false);
        monitor.Flags.Set(FlagSchema.BatchSize, 1);
        await monitor.PostAsync(monitor.Event());
        Assert.False(await IsDue(monitor));
    }

    [Fact]
    public async Task A_flush_whose_time_was_up_is_followed_by_another_at_once()
    {
        await using var monitor = Start(new() { ["Flush:TimeBudget"] = "00:00:03", ["Flush:TransactionEvents"] = "1" });
        for (var i = 0; i < 3; i++)
            await monitor.PostAsync(monitor.Event());
        store.OnWrite = (_, token) => Task.Delay(TimeSpan.FromSeconds(2), monitor.Time, token);
        Assert.Equal(FlushOutcome.Partial, (await Tick(monitor))!.Outcome);

        store.OnWrite = (_, _) => Task.CompletedTask;
        Assert.True(await IsDue(monitor));
        Assert.Equal(FlushOutcome.Completed, (await Tick(monitor))!.Outcome);
        Assert.False(await IsDue(monitor));
    }

    [Fact]
    public async Task After_failures_it_waits_twice_as_long_each_time_up_to_a_minute_and_a_success_ends_that()
    {
        await using var monitor = Start();
        await monitor.PostAsync(monitor.Event());
        store.OnPrepare = () => throw new NotSupportedException("closed");
        store.OnClassify = exception => exception is NotSupportedException ? ErrorKind.Path : null;
        foreach (var seconds in (int[])[2, 4, 8, 16, 32, 60, 60])
        {
            Assert.Equal(FlushOutcome.Failed, (await Tick(monitor))!.Outcome);
            monitor.Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.False(await IsDue(monitor));
            monitor.Time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.True(await IsDue(monitor));
        }

        store.OnPrepare = () => { };
        Assert.Equal(FlushOutcome.Completed, (await Tick(monitor))!.Outcome);
        Assert.False(await IsDue(monitor));
        store.OnPrepare = () => throw new NotSupportedException("closed");
        monitor.Time.Advance(TimeSpan.FromSeconds(300));
        await Tick(monitor);
        monitor.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await IsDue(monitor));
    }

    [Fact]
    public async Task While_the_breaker_rejects_it_is_not_due_and_when_the_break_ends_it_is()
    {
        await using var monitor = Start(new()
        {
            [$"Resilience:{MetricsPersister.PipelineName}:FailureThreshold"] = "2",
            [$"Resilience:{MetricsPersister.PipelineName}:MaxAttempts"] = "2",
        });
        await monitor.PostAsync(monitor.Event());
        store.OnPrepare = () => throw new IOException("away");
        Assert.Equal(FlushOutcome.Failed, (await Tick(monitor))!.Outcome);
        var pipeline = monitor.Get<PipelineRegistry>().Get(MetricsPersister.PipelineName);
        Assert.False(pipeline.Breaker.IsPassing);

        store.OnPrepare = () => { };
        // Past the wait after one failure; only the break still stands in the way.
        monitor.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(await IsDue(monitor));
        monitor.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.True(await IsDue(monitor));
        Assert.Equal(1, (await Tick(monitor))!.Stored);
    }

    [Fact]
    public async Task An_isolated_breaker_keeps_it_from_being_due_until_it_is_reset()
    {
        await using var monitor = Start();
        var token = TestContext.Current.CancellationToken;
        await monitor.Get<PipelineRegistry>().IsolateAsync(monitor.Get<StorePipelines>().Write.Name, token);
        monitor.Time.Advance(TimeSpan.FromDays(1));
        Assert.False(await IsDue(monitor));
        await monitor.Get<PipelineRegistry>().ResetAsync(MetricsPersister.PipelineName, token);
        Assert.True(await IsDue(monitor));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_passed_over_does_not_make_every_tick_a_flush_and_new_events_still_do(bool newerFormat)
    {
        await using var monitor = Start();
        monitor.Flags.Set(FlagSchema.BatchSize, 3);
        await monitor.PostAsync($"[{string.Join(',', Enumerable.Range(0, 5).Select(_ => monitor.Event()))}]");
        if (newerFormat)
        {
            var bytes = File.ReadAllBytes(monitor.SegmentFiles[0]);
            bytes[8]++;
            File.WriteAllBytes(monitor.SegmentFiles[0], bytes);
        }

        store.OnClassify = exception => exception is InvalidDataException ? ErrorKind.Data : null;
        store.OnWrite = (batch, _) => batch.Segments.Any(segment => segment.Header.Count == 5) ? throw new InvalidDataException("no") : Task.CompletedTask;
        Assert.Equal(5, (await Tick(monitor))!.EventsLeft);

        Assert.False(await IsDue(monitor));
        await monitor.PostAsync($"[{monitor.Event()},{monitor.Event()}]");
        Assert.False(await IsDue(monitor));
        await monitor.PostAsync(monitor.Event());
        Assert.True(await IsDue(monitor));
        Assert.Equal((3L, 5L), ((await Tick(monitor))! is var report ? (report.Stored, report.EventsLeft) : default));
        Assert.False(await IsDue(monitor));
    }

    [Fact]
    public async Task What_arrives_while_a_flush_ends_is_pending_and_not_left_behind()
    {
        await using var monitor = Start();
        monitor.Flags.Set(FlagSchema.BatchSize, 3);
        schedule.OnWrite = async () =>
        {
            schedule.OnWrite = () => Task.CompletedTask;
            await monitor.PostAsync($"[{monitor.Event()},{monitor.Event()},{monitor.Event()}]");
        };
        await Tick(monitor);

        Assert.True(await IsDue(monitor));
    }

    [Fact]
    public async Task A_manual_flush_that_takes_what_was_passed_over_counts_too()
    {
        await using var monitor = Start();
        monitor.Flags.Set(FlagSchema.BatchSize, 3);
        await monitor.PostAsync($"[{string.Join(',', Enumerable.Range(0, 5).Select(_ => monitor.Event()))}]");
        store.OnClassify = exception => exception is InvalidDataException ? ErrorKind.Data : null;
        store.OnWrite = (_, _) => throw new InvalidDataException("no");
        await Tick(monitor);
        store.OnWrite = (_, _) => Task.CompletedTask;
        await monitor.FlushAsync();

        await monitor.PostAsync($"[{monitor.Event()},{monitor.Event()},{monitor.Event()}]");
        Assert.True(await IsDue(monitor));
    }

    [Fact]
    public async Task A_schedule_that_cannot_be_read_leaves_the_instance_its_own_last_flush_and_is_logged_once()
    {
        await using var monitor = Start();
        schedule.Failure = new IOException("state.db is broken");
        Assert.True(await IsDue(monitor));
        await Tick(monitor, "manual");
        Assert.False(await IsDue(monitor));
        monitor.Time.Advance(TimeSpan.FromSeconds(300));
        Assert.True(await IsDue(monitor));
        Assert.Single(monitor.Get<FakeLogCollector>().GetSnapshot(), record => record.Id.Id == 1309);
    }

    [Fact]
    public async Task A_last_flush_in_the_future_keeps_nothing_waiting_longer_than_an_interval()
    {
        await using var monitor = Start();
        schedule.Last = monitor.Time.GetUtcNow().AddSeconds(5);
        Assert.False(await IsDue(monitor));
        schedule.Last = monitor.Time.GetUtcNow().AddDays(1);
        Assert.True(await IsDue(monitor));
    }

    [Fact]
    public async Task Whatever_came_through_is_noted_and_what_failed_is_not()
    {
        await using var monitor = Start();
        var first = monitor.Time.GetUtcNow();
        await Tick(monitor);
        Assert.Equal(first, schedule.Last);

        monitor.Time.Advance(TimeSpan.FromSeconds(400));
        store.OnPrepare = () => throw new NotSupportedException("closed");
        store.OnClassify = exception => exception is NotSupportedException ? ErrorKind.Path : null;
        await Tick(monitor);
        Assert.Equal(first, schedule.Last);
    }

    private TestMonitor Start(Dictionary<string, string?>? settings = null) => new(
        configure: services =>
        {
            store.Register(services);
            services.AddSingleton<IFlushSchedule>(schedule);
        },
        settings: settings);

    private static async Task<bool> IsDue(TestMonitor monitor) => await monitor.Get<FlushDue>().IsDueAsync(TestContext.Current.CancellationToken);

    private static Task<FlushReport?> Tick(TestMonitor monitor, string trigger = "timer") =>
        (trigger == "timer"
            ? monitor.Get<FlushDue>().FlushIfDueAsync(TestContext.Current.CancellationToken).AsTask()
            : FlushAsync(monitor, trigger)).AdvancingAsync(monitor.Time, TimeSpan.FromMilliseconds(100));

    private static async Task<FlushReport?> FlushAsync(TestMonitor monitor, string trigger) =>
        await monitor.Get<MetricsPersister>().FlushAsync(trigger, TestContext.Current.CancellationToken);

    private sealed class Schedule : IFlushSchedule
    {
        public DateTimeOffset? Last { get; set; }

        public Exception? Failure { get; set; }

        public Func<Task> OnWrite { get; set; } = () => Task.CompletedTask;

        public ValueTask<DateTimeOffset?> ReadLastFlushAsync(CancellationToken cancellationToken) =>
            Failure is null ? ValueTask.FromResult(Last) : throw Failure;

        public async ValueTask WriteLastFlushAsync(DateTimeOffset startedAt, CancellationToken cancellationToken)
        {
            await OnWrite();
            if (Failure is not null)
                throw Failure;
            Last = startedAt;
        }
    }
}
