using FunctionsMonitor.Resilience;
using Microsoft.Extensions.Options;
using Polly.CircuitBreaker;

namespace FunctionsMonitor.Tests.Resilience;

public sealed class PipelineRegistryTests
{
    private readonly PipelineFixture _fixture = new();

    private PipelineRegistry Registry => _fixture.Registry;

    [Fact]
    public void What_it_creates_it_finds()
    {
        var pipeline = _fixture.Create();

        Assert.Equal(PipelineFixture.Name, pipeline.Name);
        Assert.Same(pipeline, Registry.Get(PipelineFixture.Name));
        Assert.True(Registry.TryGet(PipelineFixture.Name, out var found));
        Assert.Same(pipeline, found);
        Assert.Same(pipeline, Registry.GetOrCreate(PipelineFixture.Name, PipelineFixture.Settings(), StoreException.IsTransient));
    }

    [Fact]
    public void GetOrCreate_creates_what_is_not_there()
    {
        var pipeline = Registry.GetOrCreate("new", PipelineFixture.Settings(), StoreException.IsTransient);

        Assert.Same(pipeline, Registry.Get("new"));
    }

    [Fact]
    public async Task However_many_ask_at_once_there_is_one_pipeline_of_a_name()
    {
        var pipelines = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(
            () => Registry.GetOrCreate("shared", PipelineFixture.Settings(), StoreException.IsTransient))));

        Assert.Single(pipelines.Distinct());
    }

    [Fact]
    public void A_name_that_is_not_there_is_named()
    {
        Assert.False(Registry.TryGet("absent", out _));
        Assert.Contains("'absent'", Assert.Throws<KeyNotFoundException>(() => Registry.Get("absent")).Message, StringComparison.Ordinal);
        Assert.Throws<KeyNotFoundException>(() => Registry.GetMetrics("absent"));
    }

    [Fact]
    public async Task An_absent_breaker_is_neither_reset_nor_isolated()
    {
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Registry.ResetAsync("absent", TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Registry.IsolateAsync("absent", TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_name_is_given_once()
    {
        var first = _fixture.Create();

        var error = Assert.Throws<InvalidOperationException>(() => _fixture.Create());

        Assert.Equal("A pipeline named 'store' exists already.", error.Message);
        Assert.Same(first, Registry.Get(PipelineFixture.Name));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void A_name_is_not_empty(string name) => Assert.Throws<ArgumentException>(() => _fixture.Create(name: name));

    [Fact]
    public void Settings_out_of_bounds_make_no_pipeline()
    {
        var error = Assert.Throws<OptionsValidationException>(() => _fixture.Create(PipelineFixture.Settings() with { MaxAttempts = 0 }));

        Assert.Contains("Resilience:store:MaxAttempts", error.Message, StringComparison.Ordinal);
        Assert.Empty(Registry.List());
    }

    [Fact]
    public async Task It_lists_pipelines_and_metrics_by_name()
    {
        _fixture.Create(name: "b");
        await PipelineFixture.Succeed(_fixture.Create(name: "a"));

        Assert.Equal(["a", "b"], Registry.List().Select(pipeline => pipeline.Name));
        Assert.Equal([("a", 1L), ("b", 0L)], Registry.ListMetrics().Select(metrics => (metrics.Name, metrics.Successes)));
    }

    [Fact]
    public async Task A_reset_begins_the_counters_anew_and_keeps_the_transitions()
    {
        var pipeline = _fixture.Create();
        await PipelineFixture.Open(pipeline);
        await PipelineFixture.Fail(pipeline);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        var before = Registry.GetMetrics(PipelineFixture.Name);
        Assert.Equal((6, 5, 1), (before.Calls, before.Failures, before.Rejections));

        await Registry.ResetAsync(PipelineFixture.Name, TestContext.Current.CancellationToken);

        var after = Registry.GetMetrics(PipelineFixture.Name);
        Assert.Equal((0, 0, 0, 0), (after.Calls, after.Attempts, after.Failures, after.Rejections));
        Assert.Null(after.LastError);
        Assert.Equal(before.Since + TimeSpan.FromSeconds(1), after.Since);
        Assert.Equal([CircuitState.Open, CircuitState.Closed], after.Breaker.Transitions.Select(transition => transition.To));
        Assert.Equal("manual", after.Breaker.Transitions[^1].Cause);
    }

    [Fact]
    public async Task A_call_that_a_reset_overtakes_does_not_unbalance_the_books()
    {
        var pipeline = _fixture.Create();
        var release = new TaskCompletionSource();
        var call = pipeline.ExecuteAsync(async _ => await release.Task, default).AsTask();

        await Registry.ResetAsync(PipelineFixture.Name, TestContext.Current.CancellationToken);
        release.SetResult();
        await call;

        var metrics = pipeline.GetMetrics();
        Assert.Equal((0, 0), (metrics.Calls, metrics.Successes));
    }

    [Fact]
    public async Task Reset_all_closes_every_breaker()
    {
        MonitorPipeline[] pipelines = [_fixture.Create(name: "a"), _fixture.Create(name: "b")];
        await PipelineFixture.Open(pipelines[0]);
        await Registry.IsolateAsync("b", TestContext.Current.CancellationToken);

        await Registry.ResetAllAsync(TestContext.Current.CancellationToken);

        Assert.All(pipelines, pipeline => Assert.Equal(CircuitState.Closed, pipeline.Breaker.State));
        Assert.All(Registry.ListMetrics(), metrics => Assert.Equal(0, metrics.Calls));
    }

    [Fact]
    public async Task One_breaker_does_not_open_another()
    {
        await PipelineFixture.Open(_fixture.Create(name: "a"));

        Assert.Equal(1, await PipelineFixture.Succeed(_fixture.Create(name: "b")));
    }

    [Fact]
    public void Clear_forgets_every_pipeline()
    {
        _fixture.Create();

        Registry.Clear();

        Assert.Empty(Registry.List());
        _fixture.Create();
    }
}
