using DurableCircuitBreaker;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flags.AppConfiguration;
using FunctionsMonitor.Resilience;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsMonitor.Tests.Flags.AppConfiguration;

/// <summary>The flags of one instance: its own manager, source and pipeline, on whatever it shares with others. One attempt a refresh.</summary>
internal sealed class FlagInstance : IDisposable
{
    public const string ConnectionString = "Endpoint=https://flags.azconfig.io;Id=id;Secret=c2VjcmV0";
    public static readonly DateTimeOffset Start = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private readonly AppConfigurationFlagSource source;
    private readonly FakeTimeProvider time;

    public FlagInstance(
        FakeTimeProvider time, FakeAppConfiguration configuration, ILastKnownGoodStore copies, IBreakerStateStore? breakers = null, string? label = null,
        IReadOnlyDictionary<string, string>? file = null)
    {
        this.time = time;
        Options = new() { ConnectionString = ConnectionString, Label = label };
        Pipelines = new(breakers ?? new InMemoryBreakerStateStore(time), time, NullLogger<MonitorPipeline>.Instance);
        var pipeline = Pipelines.Create(
            AppConfigurationServiceCollectionExtensions.PipelineName,
            new() { MaxAttempts = 1, TotalTimeout = TimeSpan.FromSeconds(10), AttemptTimeout = () => Options.Timeout }, AppConfigurationFlagSource.IsTransient);
        source = new(configuration, copies, new(pipeline), Options, time);
        Manager = new([source, .. file is null ? [] : new[] { new FileSource(file, time) }], time, new FakeLogger<FlagManager>(Logs));
    }

    public AppConfigurationOptions Options { get; }

    public PipelineRegistry Pipelines { get; }

    public FakeLogCollector Logs { get; } = new();

    public FlagManager Manager { get; }

    public FlagSnapshot Flags => Manager.Current;

    /// <summary>Refreshes, which must need no time of the clock.</summary>
    public async Task<FlagSnapshot> RefreshAsync()
    {
        await Manager.RefreshAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return Flags;
    }

    /// <summary>Refreshes while the clock moves on, and answers how long that took by it.</summary>
    public async Task<TimeSpan> RefreshSlowlyAsync()
    {
        var start = time.GetUtcNow();
        var refresh = Manager.RefreshAsync(TestContext.Current.CancellationToken).AsTask();
        for (var i = 0; i < 3000 && !refresh.IsCompleted; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.WhenAny(refresh, Task.Delay(2, TestContext.Current.CancellationToken));
        }

        await refresh.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return time.GetUtcNow() - start;
    }

    public FlagResolution Of(FlagDefinition flag) => Flags.Resolutions.Single(resolution => resolution.Flag == flag);

    public void Dispose()
    {
        Manager.Dispose();
        source.Dispose();
    }

    private sealed class FileSource(IReadOnlyDictionary<string, string> values, TimeProvider time) : IFlagSource
    {
        public string Name => "file";

        public ValueTask<FlagSourceAnswer> ReadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(new FlagSourceAnswer(values, time.GetUtcNow()));
    }
}
