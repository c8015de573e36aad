using BenchmarkDotNet.Attributes;
using FunctionsMonitor.Flags;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FunctionsMonitor.Benchmarks.Flags;

/// <summary>
/// Reading one bool flag. Microsoft.FeatureManagement evaluates on every read, filters included; ours evaluates on refresh and reads a snapshot.
/// </summary>
[MemoryDiagnoser]
[HideColumns("Error", "Median")]
public class FlagBenchmarks
{
    private const string Plain = "MONITORING_VALIDATION_STRICT";
    private const string Filtered = "MONITORING_DUAL_MODE";
    private readonly FlagManager flags = new([], TimeProvider.System, NullLogger<FlagManager>.Instance);
    private readonly ConfigurationFeatureDefinitionProvider definitions = new(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["feature_management:feature_flags:0:id"] = Plain,
        ["feature_management:feature_flags:0:enabled"] = "true",
        ["feature_management:feature_flags:1:id"] = Filtered,
        ["feature_management:feature_flags:1:enabled"] = "true",
        ["feature_management:feature_flags:1:conditions:client_filters:0:name"] = "Microsoft.TimeWindow",
        ["feature_management:feature_flags:1:conditions:client_filters:0:parameters:Start"] = "2020-01-01T00:00:00Z",
    }).Build());

    private IFeatureManager features = null!;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        features = new FeatureManager(definitions) { FeatureFilters = [new TimeWindowFilter()] };
        flags.Set(FlagSchema.ValidationStrict, true);
        // A configuration of another shape is silently false: then there would be nothing to compare.
        if (!await features.IsEnabledAsync(Plain) || !await features.IsEnabledAsync(Filtered) || !flags.Current.ValidationStrict)
            throw new InvalidOperationException("The flags are not what they were set to.");
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        flags.Dispose();
        definitions.Dispose();
    }

    [Benchmark(Description = "IFeatureManager, no filter", Baseline = true)]
    public Task<bool> FeatureManagerPlain() => features.IsEnabledAsync(Plain);

    [Benchmark(Description = "IFeatureManager, time window")]
    public Task<bool> FeatureManagerFiltered() => features.IsEnabledAsync(Filtered);

    [Benchmark(Description = "FlagManager, property")]
    public bool Property() => flags.Current.ValidationStrict;

    [Benchmark(Description = "FlagManager, by definition")]
    public bool ByDefinition() => flags.Current.Get(FlagSchema.ValidationStrict);
}
