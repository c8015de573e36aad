using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Resilience;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Tests.Flushing;

public sealed class StorePipelineSettingsTests
{
    [Fact]
    public async Task The_window_of_the_flush_is_two_of_its_intervals()
    {
        await using var monitor = new TestMonitor();
        Assert.Equal(2 * TimeSpan.FromSeconds(FlagSchema.MetricsFlushInterval.Default), Settings(monitor, MetricsPersister.PipelineName).SamplingDuration);
    }

    private static ResiliencePipelineSettings Settings(TestMonitor monitor, string name) => monitor.Get<IOptionsMonitor<ResiliencePipelineSettings>>().Get(name);
}
