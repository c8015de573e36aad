using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Health;
using FunctionsMonitor.Resilience;
using FunctionsMonitor.Storage.Files;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Tests.Health;

public sealed class HealthChecksTests
{
    private readonly HookedMetricsStore store = new();
    private readonly FaultyFileSystem files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task There_are_four_and_only_the_buffer_decides_readiness()
    {
        await using var monitor = Start();
        var report = await monitor.Get<HealthService>().CheckAsync(Token);
        Assert.Equal((string[])["buffer", "metrics-store", "flush", "flags"], report.Checks.Select(check => check.Name));
        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.Equal("buffer", Assert.Single((await monitor.Get<HealthService>().CheckReadyAsync(Token)).Checks).Name);
    }

    [Fact]
    public async Task Buffer_over_its_cap_is_unhealthy_and_names_the_sum_until_it_is_drained()
    {
        await using var monitor = Start(new() { ["Buffering:MaxBytes"] = "1048576" });
        for (var i = 0; i < 6; i++)
            await monitor.PostAsync(monitor.Event(data: $$"""{"x":"{{new string('x', 200_000)}}"}"""));
        await AssertAsync(monitor, "buffer", HealthStatus.Unhealthy, "6 segments");
        await monitor.FlushAsync();
        await AssertAsync(monitor, "buffer", HealthStatus.Healthy, null);
    }

    [Fact]
    public async Task Buffer_that_cannot_be_written_is_unhealthy_until_a_probe_succeeds()
    {
        await using var monitor = Start();
        await monitor.Get<BufferDepthMonitor>().MeasureAsync(Token);
        files.BeforeWrite = _ => throw new IOException("No space left on device");
        await AssertAsync(monitor, "buffer", HealthStatus.Healthy, null);
        await Assert.ThrowsAsync<BufferUnavailableException>(() => monitor.PostAsync(monitor.Event()).AsTask());
        await AssertAsync(monitor, "buffer", HealthStatus.Unhealthy, "No space left on device");
        var writes = 0;
        files.BeforeWrite = _ => writes++;
        await AssertAsync(monitor, "buffer", HealthStatus.Healthy, null);
        await AssertAsync(monitor, "buffer", HealthStatus.Healthy, null);
        Assert.Equal(1, writes);
        Assert.Empty(Directory.GetFiles(monitor.SegmentFolder));
    }

    [Fact]
    public async Task Buffer_never_measured_is_probed()
    {
        await using var monitor = Start();
        files.BeforeWrite = _ => throw new IOException("read-only");
        await AssertAsync(monitor, "buffer", HealthStatus.Unhealthy, "read-only");
    }

    [Fact]
    public async Task Metrics_store_that_does_not_answer_is_degraded_and_says_that_events_wait()
    {
        await using var monitor = Start();
        await File.WriteAllTextAsync(Path.Combine(monitor.Folder, "metrics.db"), new string('x', 10_000), Token);
        await AssertAsync(monitor, "metrics-store", HealthStatus.Degraded, "Events wait in the buffer.");
    }

    [Fact]
    public async Task Flush_that_failed_is_degraded_with_its_cause_until_one_succeeds()
    {
        await using var monitor = Start();
        store.OnClassify = exception => exception is NotSupportedException ? ErrorKind.Path : null;
        store.OnPrepare = () => throw new NotSupportedException("no such table");
        await monitor.FlushAsync();
        await AssertAsync(monitor, "flush", HealthStatus.Degraded, "no such table");
        store.OnPrepare = () => { };
        await monitor.FlushAsync();
        await AssertAsync(monitor, "flush", HealthStatus.Healthy, null);
    }

    [Fact]
    public async Task Flush_overdue_by_three_intervals_is_degraded()
    {
        await using var monitor = Start();
        await monitor.PostAsync(monitor.Event());
        monitor.Time.Advance(TimeSpan.FromSeconds(900));
        await AssertAsync(monitor, "flush", HealthStatus.Healthy, null);
        monitor.Time.Advance(TimeSpan.FromSeconds(1));
        await AssertAsync(monitor, "flush", HealthStatus.Degraded, "overdue");
        monitor.Flags.Set(FlagSchema.MetricsPersistence, false);
        await AssertAsync(monitor, "flush", HealthStatus.Degraded, "MONITORING_METRICS_PERSISTENCE is off");
    }

    [Fact]
    public async Task Flush_that_passed_a_segment_over_is_degraded_and_names_it()
    {
        await using var monitor = Start();
        var posted = await monitor.PostAsync(monitor.Event());
        files.BeforeRead = path => Throw(path.EndsWith(".fms", StringComparison.Ordinal));
        await monitor.FlushAsync();
        await AssertAsync(monitor, "flush", HealthStatus.Degraded, posted.SegmentId!.Value.ToString());
    }

    [Fact]
    public async Task At_the_dead_letter_cap_health_fails_until_there_is_room()
    {
        await using var monitor = Start(new() { ["Retention:MaxDeadLetters"] = "1" });
        for (var i = 0; i < 2; i++)
        {
            var id = Guid.NewGuid();
            await monitor.PostAsync($"[{monitor.Event(id: id, data: """{"v":1}""")},{monitor.Event(id: id, data: """{"v":2}""")}]");
        }

        await monitor.FlushAsync();
        await AssertAsync(monitor, "flush", HealthStatus.Unhealthy, "room for dead letters");

        var reader = monitor.Get<MetricsReader>();
        Assert.True(await reader.DeleteAsync(Assert.Single(await reader.ListAsync(new(), null, 10, Token)).Id, Token));
        await monitor.FlushAsync();
        await AssertAsync(monitor, "flush", HealthStatus.Healthy, null);
        Assert.Empty(monitor.SegmentFiles);
    }

    [Fact]
    public async Task Quarantine_and_newer_formats_are_degraded_and_named_and_counted()
    {
        await using var monitor = Start();
        Directory.CreateDirectory(monitor.SegmentFolder);
        await File.WriteAllTextAsync(Path.Combine(monitor.SegmentFolder, "a.txt"), "a", Token);
        await File.WriteAllTextAsync(Path.Combine(monitor.SegmentFolder, "b.txt"), "b", Token);
        await monitor.PostAsync(monitor.Event());
        var newer = monitor.SegmentFiles.Single(file => file.EndsWith(".fms", StringComparison.Ordinal));
        var bytes = await File.ReadAllBytesAsync(newer, Token);
        bytes[8]++;
        await File.WriteAllBytesAsync(newer, bytes, Token);
        await monitor.FlushAsync();

        await AssertAsync(monitor, "flush", HealthStatus.Degraded, "2 files are in quarantine; the first is a.txt");
        await AssertAsync(monitor, "flush", HealthStatus.Degraded, $"1 segments are of a newer format version and wait for that version: {Path.GetFileName(newer)}");
        File.Delete(newer);
        await monitor.FlushAsync();
        Assert.DoesNotContain("newer", (await FindAsync(monitor, "flush")).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flags_that_do_not_fit_together_are_degraded_and_named()
    {
        await using var monitor = Start();
        monitor.Flags.Set(FlagSchema.UseAdapter, false);
        monitor.Flags.Set(FlagSchema.DualMode, true);
        await AssertAsync(monitor, "flags", HealthStatus.Degraded, "MONITORING_DUAL_MODE is on, but MONITORING_USE_ADAPTER is off");
        monitor.Flags.ResetAll();
        await AssertAsync(monitor, "flags", HealthStatus.Healthy, null);
    }

    private TestMonitor Start(Dictionary<string, string?>? settings = null) => new(
        configure: services =>
        {
            store.Register(services);
            services.AddSingleton<IFileSystem>(files);
        },
        settings: settings);

    private static async Task<HealthCheckResult> FindAsync(TestMonitor monitor, string name) =>
        (await monitor.Get<HealthService>().CheckAsync(Token)).Checks.Single(check => check.Name == name);

    private static async Task AssertAsync(TestMonitor monitor, string name, HealthStatus status, string? cause)
    {
        var found = await FindAsync(monitor, name);
        Assert.Equal(status, found.Status);
        if (cause is null)
            Assert.Null(found.Cause);
        else
            Assert.Contains(cause, found.Cause, StringComparison.Ordinal);
    }

    private static void Throw(bool when)
    {
        if (when)
            throw new IOException("bad sector");
    }
}
