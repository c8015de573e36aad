using DurableCircuitBreaker;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flags.AppConfiguration;
using FunctionsMonitor.Resilience;
using FunctionsMonitor.Tests.Resilience;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsMonitor.Tests.Flags.AppConfiguration;

/// <summary>The flags of one instance: its own manager, source and pipeline, on whatever it shares with others. One attempt a refresh.</summary>
internal sealed class FlagInstance : IDisposable
{
    public const string ConnectionString = "Endpoint=https://flags.azconfig.io;Id=id;Secret=c2VjcmV0";
    public static readonly DateTimeOffset Start = RecordingClock.Start;
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

    /// <summary>Refreshes while something hangs, which it may wait for so long by the clock and no longer.</summary>
    public async Task RefreshSlowlyAsync(Func<bool> hangs, TimeSpan wait)
    {
        var refresh = Manager.RefreshAsync(TestContext.Current.CancellationToken).AsTask();
        await PipelineFixture.Until(hangs);
        time.Advance(wait - TimeSpan.FromTicks(1));
        Assert.False(refresh.IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));
        await refresh.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
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
