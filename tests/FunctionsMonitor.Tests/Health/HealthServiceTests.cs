using FunctionsMonitor.Health;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsMonitor.Tests.Health;

public sealed class HealthServiceTests
{
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HealthStatus.Healthy, HealthStatus.Healthy)]
    [InlineData(HealthStatus.Healthy, HealthStatus.Degraded)]
    [InlineData(HealthStatus.Degraded, HealthStatus.Unhealthy)]
    [InlineData(HealthStatus.Unhealthy, HealthStatus.Healthy)]
    public async Task It_is_as_bad_as_the_worst_and_names_every_check_with_its_cause(HealthStatus first, HealthStatus second)
    {
        var report = await Service(new Check("a", first), new Check("b", second)).CheckAsync(Token);
        Assert.Equal(first > second ? first : second, report.Status);
        Assert.Equal([("a", first, Cause(first)), ("b", second, Cause(second))], report.Checks.Select(check => (check.Name, check.Status, check.Cause)));
    }

    [Fact]
    public async Task Without_checks_it_is_healthy() => Assert.Equal(HealthStatus.Healthy, (await Service().CheckAsync(Token)).Status);

    [Fact]
    public async Task Readiness_asks_only_what_decides_whether_events_can_be_taken()
    {
        var service = Service(new Check("a", HealthStatus.Unhealthy), new Check("b", HealthStatus.Degraded) { ForReadiness = true });
        var report = await service.CheckReadyAsync(Token);
        Assert.Equal((HealthStatus.Degraded, "b"), (report.Status, Assert.Single(report.Checks).Name));
    }

    [Fact]
    public async Task A_check_that_throws_is_unhealthy_and_says_why()
    {
        var check = Assert.Single((await Service(new Check("a", _ => throw new IOException("no disk"))).CheckAsync(Token)).Checks);
        Assert.Equal((HealthStatus.Unhealthy, "no disk"), (check.Status, check.Cause));
    }

    [Fact]
    public async Task A_check_without_an_answer_in_five_seconds_is_degraded_and_the_others_are_answered()
    {
        var never = new TaskCompletionSource();
        var pending = Service(new Check("stuck", async _ => await never.Task), new Check("well", HealthStatus.Healthy)).CheckAsync(Token).AsTask();
        await AssertTimesOutAsync(pending);
    }

    [Fact]
    public async Task A_check_that_blocks_its_thread_is_bounded_too_and_holds_up_no_other()
    {
        using var never = new ManualResetEventSlim();
        var pending = Service(
            new Check("stuck", _ =>
            {
                never.Wait(TimeSpan.FromSeconds(60), CancellationToken.None);
                return Task.CompletedTask;
            }),
            new Check("well", HealthStatus.Healthy)).CheckAsync(Token).AsTask();
        await AssertTimesOutAsync(pending);
        never.Set();
    }

    [Fact]
    public async Task A_duration_is_what_the_clock_says()
    {
        var service = Service(new Check("a", _ =>
        {
            time.Advance(TimeSpan.FromMilliseconds(7));
            return Task.CompletedTask;
        }));
        Assert.Equal(TimeSpan.FromMilliseconds(7), Assert.Single((await service.CheckAsync(Token)).Checks).Duration);
    }

    [Fact]
    public async Task It_remembers_since_when_each_check_and_the_whole_are_as_they_are()
    {
        var start = time.GetUtcNow();
        var status = HealthStatus.Healthy;
        var service = Service(new Check("a", () => status), new Check("b", HealthStatus.Healthy) { ForReadiness = true });
        var seen = new List<(int Whole, int A, int B)>();
        foreach (var next in (HealthStatus[])[HealthStatus.Healthy, HealthStatus.Healthy, HealthStatus.Degraded, HealthStatus.Degraded, HealthStatus.Unhealthy, HealthStatus.Healthy])
        {
            status = next;
            // Readiness, which asks fewer, must not blur the history of the whole.
            await service.CheckReadyAsync(Token);
            var report = await service.CheckAsync(Token);
            seen.Add((Minutes(report.Since), Minutes(report.Checks[0].Since), Minutes(report.Checks[1].Since)));
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([(0, 0, 0), (0, 0, 0), (2, 2, 0), (2, 2, 0), (4, 4, 0), (5, 5, 0)], seen);

        int Minutes(DateTimeOffset since) => (int)(since - start).TotalMinutes;
    }

    [Fact]
    public async Task A_caller_that_leaves_is_no_finding()
    {
        using var left = new CancellationTokenSource();
        var pending = Service(new Check("a", token => Task.Delay(Timeout.Infinite, token))).CheckAsync(left.Token).AsTask();
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None));
    }

    private async Task AssertTimesOutAsync(Task<HealthReport> pending)
    {
        for (var i = 0; i < 10_000 && !pending.IsCompleted; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(pending, Task.Delay(1, Token));
        }

        var checks = (await pending.WaitAsync(TimeSpan.FromSeconds(30), Token)).Checks;
        Assert.Equal([("stuck", HealthStatus.Degraded), ("well", HealthStatus.Healthy)], checks.Select(check => (check.Name, check.Status)));
        Assert.Equal("No answer within 5 seconds.", checks[0].Cause);
        Assert.True(checks[0].Duration >= TimeSpan.FromSeconds(5));
    }

    private HealthService Service(params IHealthCheck[] checks) => new(checks, time);

    private static string? Cause(HealthStatus status) => status == HealthStatus.Healthy ? null : $"is {status}";

    private sealed class Check(string name, Func<CancellationToken, Task> look) : IHealthCheck
    {
        private readonly Func<HealthStatus> status = () => HealthStatus.Healthy;

        public Check(string name, HealthStatus status) : this(name, () => status)
        {
        }

        public Check(string name, Func<HealthStatus> status) : this(name, _ => Task.CompletedTask) => this.status = status;

        public string Name => name;

        public bool ForReadiness { get; init; }

        public async ValueTask<(HealthStatus Status, string? Cause)> CheckAsync(CancellationToken cancellationToken)
        {
            await look(cancellationToken);
            return (status(), Cause(status()));
        }
    }
}
