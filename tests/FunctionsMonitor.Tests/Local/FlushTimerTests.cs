using FunctionsMonitor.Flushing;
using FunctionsMonitor.Local.Flushing;
using FunctionsMonitor.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Tests.Local;

public sealed class FlushTimerTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private readonly SignallingTime time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeLogger<FlushTimer> logger = new();

    [Fact]
    public async Task It_asks_at_every_tick_and_not_before()
    {
        var asked = 0;
        await RunAsync(_ => Answer(++asked, null), async tick =>
        {
            Assert.Equal(0, asked);
            await tick();
            Assert.Equal(1, asked);
            await tick();
            Assert.Equal(2, asked);
        });

        Assert.Empty(logger.Collector.GetSnapshot());
    }

    [Fact]
    public async Task A_run_of_failures_is_logged_once_and_its_end_with_the_count()
    {
        FlushOutcome[] outcomes =
            [FlushOutcome.Completed, FlushOutcome.Failed, FlushOutcome.Failed, FlushOutcome.Failed, FlushOutcome.Partial, FlushOutcome.Completed];
        var asked = 0;
        await RunAsync(_ => Answer(asked, Report(outcomes[asked++])), async tick =>
        {
            for (var i = 0; i < outcomes.Length; i++)
                await tick();
        });

        Assert.Equal(
            ["Flushes fail: disk full Events go on being accepted and wait in the data folder; trying again.",
                "Flushes work again, after 3 failed since 2026-11-24T12:00:02.0000000+00:00."],
            logger.Collector.GetSnapshot().Select(record => record.Message));
    }

    [Fact]
    public async Task An_exception_does_not_end_it()
    {
        var asked = 0;
        await RunAsync(_ => ++asked == 1 ? throw new InvalidOperationException("broken") : Answer(0, Report(FlushOutcome.Empty)), async tick =>
        {
            await tick();
            await tick();
        });

        Assert.Equal(2, asked);
        Assert.Equal([LogLevel.Error, LogLevel.Information], logger.Collector.GetSnapshot().Select(record => record.Level));
    }

    [Fact]
    public async Task Stopping_cancels_a_flush_and_is_no_failure()
    {
        var begun = new TaskCompletionSource();
        await RunAsync(
            async token =>
            {
                begun.SetResult();
                await Task.Delay(Timeout.Infinite, token);
                return null;
            },
            _ =>
            {
                time.Advance(Tick);
                return begun.Task;
            });

        Assert.Empty(logger.Collector.GetSnapshot());
    }

    private async Task RunAsync(Func<CancellationToken, ValueTask<FlushReport?>> flush, Func<Func<Task>, Task> test)
    {
        var token = TestContext.Current.CancellationToken;
        var answered = new SemaphoreSlim(0);
        using var timer = new FlushTimer(
            async cancellation =>
            {
                try
                {
                    return await flush(cancellation);
                }
                finally
                {
                    answered.Release();
                }
            },
            Options.Create(new FlushTimerOptions()), time, logger);
        await timer.StartAsync(token);
        await time.TimerMade.Task.WaitAsync(token);
        await test(async () =>
        {
            time.Advance(Tick);
            await answered.WaitAsync(token);
        });
        await timer.StopAsync(token);
        Assert.True(timer.ExecuteTask!.IsCompleted);
    }

    private static ValueTask<FlushReport?> Answer(int _, FlushReport? report) => ValueTask.FromResult(report);

    private static FlushReport Report(FlushOutcome outcome) => new()
    {
        FlushId = Guid.Empty,
        Trigger = "timer",
        StartedAt = DateTimeOffset.UnixEpoch,
        Duration = TimeSpan.Zero,
        Instance = "test",
        Outcome = outcome,
        Notes = outcome == FlushOutcome.Failed ? ["disk full"] : [],
    };
}
