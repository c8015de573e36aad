using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsMonitor.TestSupport.Flows;

/// <summary>A suite that goes the whole way of an event, from the request to the books, whatever the metrics store is.</summary>
public abstract class FlowContract(IFlowStore metrics) : IAsyncLifetime
{
    protected IFlowStore Metrics { get; } = metrics;

    public ValueTask InitializeAsync() => Metrics.InitializeAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await Metrics.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The core on that store.</summary>
    private protected TestMonitor Start(
        string? folder = null, Action<IServiceCollection>? configure = null, Dictionary<string, string?>? settings = null, FakeTimeProvider? time = null) =>
        new(folder, configure, new(Metrics.Settings.Concat(settings ?? [])), time ?? new FakeTimeProvider(Metrics.Begins));
}
