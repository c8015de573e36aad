using System.Text.Json;
using DurableCircuitBreaker;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flags.AppConfiguration;
using FunctionsMonitor.Tests.Resilience;

namespace FunctionsMonitor.Tests.Flags.AppConfiguration;

public sealed class AppConfigurationFlagSourceTests : IDisposable
{
    private const string Batch = "MONITORING_BATCH_SIZE";
    private const string Strict = "MONITORING_VALIDATION_STRICT";
    private readonly RecordingClock time = new();
    private readonly FakeAppConfiguration configuration = new();
    private readonly FakeLastKnownGoodStore copies = new();
    private readonly List<FlagInstance> instances = [];

    [Fact]
    public async Task Feature_flags_and_key_values_become_flags_with_their_source_its_age_and_their_version()
    {
        configuration.SetFlag(Strict, On(Strict)).SetValue(Batch, "7");
        var instance = Instance();
        await instance.RefreshAsync();

        Assert.True(instance.Flags.ValidationStrict);
        Assert.Equal(7, instance.Flags.BatchSize);
        Assert.Equal(("app-configuration", FlagInstance.Start, "v2"), (instance.Of(FlagSchema.BatchSize).Source, instance.Of(FlagSchema.BatchSize).AnsweredAt, instance.Of(FlagSchema.BatchSize).Version));
        Assert.Equal("v1", instance.Of(FlagSchema.ValidationStrict).Version);
        Assert.Empty(instance.Flags.Problems);
    }

    [Fact]
    public async Task A_cold_start_while_it_is_down_begins_from_the_last_good_answer_of_any_instance()
    {
        configuration.SetFlag(Strict, On(Strict)).SetValue(Batch, "7");
        await Instance().RefreshAsync();
        configuration.Failure = FakeAppConfiguration.Down;
        time.Advance(TimeSpan.FromHours(3));

        var cold = Instance();
        await cold.RefreshAsync();

        Assert.Equal((true, 7), (cold.Flags.ValidationStrict, cold.Flags.BatchSize));
        Assert.Equal(("app-configuration", FlagInstance.Start, "v2"), (cold.Of(FlagSchema.BatchSize).Source, cold.Of(FlagSchema.BatchSize).AnsweredAt, cold.Of(FlagSchema.BatchSize).Version));
        Assert.Equal(
            [$"app-configuration does not answer (status 503); the shared copy of its answer of {FlagInstance.Start:O} is used."], cold.Flags.Problems);
    }

    [Fact]
    public async Task A_cold_start_with_nothing_to_begin_from_takes_the_next_source_and_says_so()
    {
        configuration.Failure = FakeAppConfiguration.Down;
        var cold = Instance(file: new() { [Batch] = "9" });
        await cold.RefreshAsync();

        Assert.Equal((9, "file"), (cold.Flags.BatchSize, cold.Of(FlagSchema.BatchSize).Source));
        Assert.Equal(["app-configuration does not answer (status 503) and never has."], cold.Flags.Problems);

        configuration.Failure = null;
        configuration.SetValue(Batch, "7");
        Assert.Equal(7, (await cold.RefreshAsync()).BatchSize);
        Assert.Empty(cold.Flags.Problems);
    }

    [Fact]
    public async Task When_it_goes_down_later_its_answer_stays_and_grows_old_until_it_is_back()
    {
        configuration.SetValue(Batch, "7");
        var instance = Instance();
        await instance.RefreshAsync();
        configuration.SetValue(Batch, "8");
        configuration.Failure = new IOException("no route");
        time.Advance(TimeSpan.FromSeconds(30));
        await instance.RefreshAsync();

        Assert.Equal((7, FlagInstance.Start), (instance.Flags.BatchSize, instance.Of(FlagSchema.BatchSize).AnsweredAt));
        Assert.Equal(
            [$"app-configuration does not answer (IOException: no route); its answer of {FlagInstance.Start:O} is used."], instance.Flags.Problems);

        configuration.Failure = null;
        await instance.RefreshAsync();
        Assert.Equal((8, FlagInstance.Start + TimeSpan.FromSeconds(30)), (instance.Flags.BatchSize, instance.Of(FlagSchema.BatchSize).AnsweredAt));
        Assert.Empty(instance.Flags.Problems);
    }

    [Fact]
    public async Task While_it_is_slow_a_refresh_waits_only_so_long_and_the_next_one_takes_what_came()
    {
        configuration.SetValue(Batch, "7");
        var instance = Instance();
        await instance.RefreshAsync();
        configuration.SetValue(Batch, "8");
        configuration.Close();
        var asked = configuration.Requests;

        await instance.RefreshSlowlyAsync(() => configuration.Requests > asked, instance.Options.MaxWait);
        Assert.Equal([instance.Options.MaxWait], time.Delays);
        Assert.Equal(7, instance.Flags.BatchSize);
        Assert.Contains("does not answer (not within 2 s); its answer of", Assert.Single(instance.Flags.Problems), StringComparison.Ordinal);

        asked = configuration.Requests;
        configuration.Open();
        await instance.RefreshAsync();
        Assert.Equal(8, instance.Flags.BatchSize);
        // The request that was under way was gone on with, and only the second listing is new.
        Assert.Equal(asked + 1, configuration.Requests);
        Assert.Empty(instance.Flags.Problems);
    }

    [Fact]
    public async Task Who_has_nothing_to_begin_from_waits_to_the_end_of_the_attempt()
    {
        configuration.Close();
        var cold = Instance();

        await cold.RefreshSlowlyAsync(() => configuration.Requests > 0, cold.Options.Timeout);
        Assert.Equal(["app-configuration does not answer (no answer in time) and never has."], cold.Flags.Problems);
    }

    [Fact]
    public async Task When_it_throttles_it_is_not_asked_again_before_the_time_it_told_and_its_breaker_does_not_mind()
    {
        configuration.SetValue(Batch, "7");
        var instance = Instance();
        await instance.RefreshAsync();
        configuration.SetValue(Batch, "8");
        configuration.Failure = SettingsReadException.OfStatus(429, null, TimeSpan.FromSeconds(90), null);
        for (var i = 0; i < 10; i++)
        {
            await instance.RefreshAsync();
            time.Advance(TimeSpan.FromSeconds(8.9));
        }

        Assert.Equal(2 + 1, configuration.Requests);
        Assert.Equal(7, instance.Flags.BatchSize);
        Assert.Contains("(status 429, not asked again for 90 s); its answer of", Assert.Single(instance.Flags.Problems), StringComparison.Ordinal);
        Assert.Equal(1, instance.Logs.Count);
        Assert.True(instance.Pipelines.List().Single().Breaker.IsPassing);

        configuration.Failure = null;
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(8, (await instance.RefreshAsync()).BatchSize);
    }

    [Fact]
    public async Task A_Retry_After_of_a_day_is_believed_for_an_hour()
    {
        configuration.Failure = SettingsReadException.OfStatus(429, null, TimeSpan.FromDays(1), null);
        var instance = Instance();
        await instance.RefreshAsync();
        configuration.Failure = null;
        time.Advance(TimeSpan.FromMinutes(59));
        await instance.RefreshAsync();
        Assert.Equal(1, configuration.Requests);
        time.Advance(TimeSpan.FromMinutes(1));
        await instance.RefreshAsync();
        Assert.Empty(instance.Flags.Problems);
    }

    [Fact]
    public async Task Garbage_in_one_flag_keeps_the_last_good_value_of_that_flag_alone()
    {
        configuration.SetFlag(Strict, On(Strict)).SetValue(Batch, "7");
        var instance = Instance();
        await instance.RefreshAsync();
        configuration.SetFlag(Strict, "{\"id\":").SetValue(Batch, "8");
        await instance.RefreshAsync();

        Assert.Equal((true, 8), (instance.Flags.ValidationStrict, instance.Flags.BatchSize));
        var strict = instance.Of(FlagSchema.ValidationStrict);
        Assert.Equal(("app-configuration", "v1"), (strict.Source, strict.Version));
        Assert.Equal(
            new IgnoredValue("app-configuration", "{\"id\":", $".appconfig.featureflag/{Strict}: it is no JSON", KeptLastGood: true), Assert.Single(strict.Ignored));
        Assert.Contains(Strict, Assert.Single(instance.Flags.Problems), StringComparison.Ordinal);

        configuration.SetFlag(Strict, Off(Strict));
        Assert.False((await instance.RefreshAsync()).ValidationStrict);
        Assert.Empty(instance.Flags.Problems);
    }

    [Fact]
    public async Task Garbage_never_replaces_the_good_value_in_the_shared_copy()
    {
        configuration.SetFlag(Strict, On(Strict)).SetValue(Batch, "7");
        await Instance().RefreshAsync();
        configuration.SetFlag(Strict, "garbage").SetValue(Batch, "8");

        // An instance that never saw the good one has it from the copy; and leaves it there for the next, with what is new beside it.
        var second = Instance();
        Assert.True((await second.RefreshAsync()).ValidationStrict);
        Assert.True(second.Of(FlagSchema.ValidationStrict).Ignored[0].KeptLastGood);
        configuration.Failure = FakeAppConfiguration.Down;
        var third = Instance();
        await third.RefreshAsync();
        Assert.Equal((true, 8), (third.Flags.ValidationStrict, third.Flags.BatchSize));
    }

    [Theory]
    [InlineData(true, "8", "app-configuration")]
    [InlineData(false, "9", "file")]
    public async Task Garbage_that_was_never_good_gives_way_to_the_key_value_and_then_to_the_next_source(bool hasKeyValue, string value, string source)
    {
        configuration.SetFlag(Batch, "[]");
        if (hasKeyValue)
            configuration.SetValue(Batch, "8");
        var instance = Instance(file: new() { [Batch] = "9" });
        await instance.RefreshAsync();

        var batch = instance.Of(FlagSchema.BatchSize);
        Assert.Equal((value, source), (FlagDefinition.Format(batch.Value), batch.Source));
        Assert.False(Assert.Single(batch.Ignored).KeptLastGood);
    }

    [Fact]
    public async Task A_flag_that_disappears_gives_way_and_does_not_come_back_by_a_later_typo()
    {
        configuration.SetFlag(Batch, Variant(Batch, "5")).SetValue(Batch, "8");
        var instance = Instance();
        Assert.Equal(5, (await instance.RefreshAsync()).BatchSize);
        configuration.RemoveFlag(Batch);
        Assert.Equal(8, (await instance.RefreshAsync()).BatchSize);
        configuration.SetFlag(Batch, "typo");
        Assert.Equal(8, (await instance.RefreshAsync()).BatchSize);
        configuration.RemoveFlag(Batch);
        configuration.Remove($"FunctionsMonitor:{Batch}");
        Assert.Equal((100, "default"), ((await instance.RefreshAsync()).BatchSize, instance.Of(FlagSchema.BatchSize).Source));
        Assert.DoesNotContain(Batch, copies.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"many\"", "a whole number is expected")]
    [InlineData("0", "more than 0 events is expected")]
    [InlineData("1.5", "a whole number is expected")]
    [InlineData("""{"size":5}""", "the value of its variant 'set' is no text, number, true or false")]
    public async Task A_type_that_does_not_fit_is_a_bad_value_like_any_other(string value, string reason)
    {
        configuration.SetFlag(Batch, Variant(Batch, "5"));
        var instance = Instance();
        await instance.RefreshAsync();
        configuration.SetFlag(Batch, Variant(Batch, value));
        await instance.RefreshAsync();

        Assert.Equal(5, instance.Flags.BatchSize);
        Assert.EndsWith(reason, Assert.Single(instance.Of(FlagSchema.BatchSize).Ignored).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Our_label_goes_before_none_and_other_labels_are_not_ours()
    {
        configuration.SetValue(Batch, "1").SetValue(Batch, "2", "prod").SetValue(Batch, "3", "dev");
        var unlabelled = Instance();
        var prod = Instance(label: "prod");
        await unlabelled.RefreshAsync();
        await prod.RefreshAsync();
        Assert.Equal((1, 2), (unlabelled.Flags.BatchSize, prod.Flags.BatchSize));
        Assert.Equal("\0,prod", configuration.Asked["FunctionsMonitor:MONITORING_*"].Labels);

        configuration.SetValue(Batch, "x", "prod");
        await prod.RefreshAsync();
        Assert.Equal(2, prod.Flags.BatchSize);
        Assert.Contains($"FunctionsMonitor:{Batch}, label prod: ", Assert.Single(prod.Flags.Problems), StringComparison.Ordinal);
        configuration.Remove($"FunctionsMonitor:{Batch}", "prod");
        Assert.Equal(1, (await prod.RefreshAsync()).BatchSize);
    }

    [Fact]
    public async Task A_feature_flag_goes_before_a_key_value_unless_it_says_nothing()
    {
        configuration.SetFlag(Batch, Variant(Batch, "5")).SetValue(Batch, "8", "prod");
        var instance = Instance(label: "prod");
        Assert.Equal(5, (await instance.RefreshAsync()).BatchSize);
        configuration.SetFlag(Batch, Off(Batch));
        Assert.Equal(8, (await instance.RefreshAsync()).BatchSize);
        Assert.Empty(instance.Flags.Problems);
    }

    [Fact]
    public async Task Every_instance_refreshes_by_itself()
    {
        configuration.SetValue(Batch, "7");
        var (one, other) = (Instance(), Instance());
        await one.RefreshAsync();
        await other.RefreshAsync();
        configuration.SetValue(Batch, "8");

        await one.RefreshAsync();
        Assert.Equal((8, 7), (one.Flags.BatchSize, other.Flags.BatchSize));
        // The one that lags finds nothing new to say, and leaves the copy of the other alone.
        configuration.Failure = FakeAppConfiguration.Down;
        await other.RefreshAsync();
        Assert.Equal(7, other.Flags.BatchSize);
        Assert.Equal(8, (await Cold().RefreshAsync()).BatchSize);
        configuration.Failure = null;
        Assert.Equal(8, (await other.RefreshAsync()).BatchSize);
    }

    [Fact]
    public async Task The_breaker_that_one_instance_opened_keeps_the_others_away_until_one_probe_succeeds()
    {
        var breakers = new InMemoryBreakerStateStore(time);
        configuration.SetValue(Batch, "7");
        var (one, other) = (Instance(breakers), Instance(breakers));
        await one.RefreshAsync();
        await other.RefreshAsync();
        configuration.SetValue(Batch, "8");
        configuration.Failure = FakeAppConfiguration.Down;
        for (var i = 0; i < 5; i++)
            await one.RefreshAsync();
        time.Advance(TimeSpan.FromSeconds(6));

        var asked = configuration.Requests;
        await other.RefreshAsync();
        Assert.Equal(asked, configuration.Requests);
        Assert.Equal(7, other.Flags.BatchSize);
        Assert.Contains("(its circuit breaker is open); its answer of", Assert.Single(other.Flags.Problems), StringComparison.Ordinal);
        Assert.False(other.Pipelines.List().Single().Breaker.IsPassing);

        configuration.Failure = null;
        time.Advance(TimeSpan.FromMinutes(2));
        await PipelineFixture.Until(() => other.RefreshAsync().GetAwaiter().GetResult().BatchSize == 8);
        Assert.Empty(other.Flags.Problems);
    }

    [Fact]
    public async Task A_breaker_isolated_by_hand_leaves_the_flags_as_they_are()
    {
        configuration.SetValue(Batch, "7");
        var instance = Instance();
        await instance.RefreshAsync();
        configuration.SetValue(Batch, "8");
        await instance.Pipelines.IsolateAsync("app-configuration", TestContext.Current.CancellationToken);

        Assert.Equal(7, (await instance.RefreshAsync()).BatchSize);
        Assert.Contains("(its circuit breaker is isolated)", Assert.Single(instance.Flags.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refresh_that_finds_nothing_new_sends_conditions_gets_no_page_and_evaluates_filters_all_the_same()
    {
        configuration.SetFlag(Strict, Window(Strict, FlagInstance.Start, FlagInstance.Start + TimeSpan.FromHours(1)));
        var instance = Instance();
        Assert.True((await instance.RefreshAsync()).ValidationStrict);
        var sent = configuration.PagesSent;

        time.Advance(TimeSpan.FromMinutes(59));
        Assert.True((await instance.RefreshAsync()).ValidationStrict);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.False((await instance.RefreshAsync()).ValidationStrict);

        Assert.Equal((sent, 6), (configuration.PagesSent, configuration.Requests));
        Assert.All(configuration.Asked.Values, asked => Assert.Equal(1, asked.Conditions));
        Assert.Equal(FlagInstance.Start + TimeSpan.FromHours(1), instance.Of(FlagSchema.ValidationStrict).AnsweredAt);
    }

    [Fact]
    public async Task Filters_are_evaluated_again_while_it_is_down_and_from_the_copy()
    {
        configuration.SetFlag(Strict, Window(Strict, FlagInstance.Start, FlagInstance.Start + TimeSpan.FromHours(1)));
        var instance = Instance();
        Assert.True((await instance.RefreshAsync()).ValidationStrict);
        configuration.Failure = FakeAppConfiguration.Down;
        Assert.True((await Cold().RefreshAsync()).ValidationStrict);

        time.Advance(TimeSpan.FromHours(2));
        Assert.False((await instance.RefreshAsync()).ValidationStrict);
        Assert.False((await Cold().RefreshAsync()).ValidationStrict);
    }

    [Fact]
    public async Task A_name_that_is_no_flag_is_reported()
    {
        configuration.SetValue("MONITORING_BATCHSIZE", "5");
        Assert.Equal(["app-configuration has MONITORING_BATCHSIZE, which is no flag."], (await Instance().RefreshAsync()).Problems);
    }

    [Fact]
    public async Task The_copy_is_written_when_something_changed_and_else_once_an_hour()
    {
        configuration.SetValue(Batch, "7");
        var instance = Instance();
        for (var i = 0; i < 5; i++)
            await instance.RefreshAsync();
        Assert.Equal(1, copies.Writes);
        configuration.SetValue(Batch, "8");
        await instance.RefreshAsync();
        Assert.Equal(2, copies.Writes);
        time.Advance(TimeSpan.FromMinutes(59));
        await instance.RefreshAsync();
        Assert.Equal(2, copies.Writes);
        time.Advance(TimeSpan.FromMinutes(1));
        await instance.RefreshAsync();
        Assert.Equal(3, copies.Writes);
        // A new instance that is told the same has nothing to write.
        await Instance().RefreshAsync();
        Assert.Equal(3, copies.Writes);
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("{}")]
    [InlineData("""{"origin":"flags.azconfig.io ","answered_at":"2026-11-24T12:00:00Z","settings":[{"label":"x"}]}""")]
    [InlineData("""{"origin":"other.azconfig.io ","answered_at":"2026-11-24T12:00:00Z","settings":[{"key":"FunctionsMonitor:MONITORING_BATCH_SIZE","value":"3"}]}""")]
    [InlineData("""{"origin":"flags.azconfig.io dev","answered_at":"2026-11-24T12:00:00Z","settings":[{"key":"FunctionsMonitor:MONITORING_BATCH_SIZE","value":"3"}]}""")]
    public async Task A_copy_that_is_broken_or_of_another_store_or_label_is_none_and_is_written_anew(string content)
    {
        copies.Content = System.Text.Encoding.UTF8.GetBytes(content);
        configuration.Failure = FakeAppConfiguration.Down;
        var instance = Instance();
        Assert.Equal(100, (await instance.RefreshAsync()).BatchSize);
        configuration.Failure = null;
        configuration.SetValue(Batch, "7");
        Assert.Equal(7, (await instance.RefreshAsync()).BatchSize);
        Assert.Equal("flags.azconfig.io ", JsonDocument.Parse(copies.Content).RootElement.GetProperty("origin").GetString());
    }

    [Fact]
    public async Task A_store_of_the_copy_that_is_down_is_reported_holds_nothing_up_and_is_not_written_before_it_was_read()
    {
        configuration.SetFlag(Strict, On(Strict)).SetValue(Batch, "7");
        await Instance().RefreshAsync();
        configuration.SetFlag(Strict, "garbage");
        copies.ReadFailure = new IOException("no route");

        var instance = Instance();
        Assert.Equal((false, 7), ((await instance.RefreshAsync()).ValidationStrict, instance.Flags.BatchSize));
        Assert.Contains(instance.Flags.Problems, problem => problem.Contains("copy of its last good answer cannot be read (IOException: no route)", StringComparison.Ordinal));

        Assert.Equal(1, copies.Writes);
        copies.ReadFailure = null;
        Assert.True((await instance.RefreshAsync()).ValidationStrict);
        Assert.Contains(On(Strict).Replace("\"", "\\u0022", StringComparison.Ordinal), copies.Text, StringComparison.Ordinal);
        copies.WriteFailure = new IOException("full");
        configuration.SetValue(Batch, "8");
        Assert.Equal(8, (await instance.RefreshAsync()).BatchSize);
        Assert.Contains(instance.Flags.Problems, problem => problem.Contains("cannot be written (IOException: full)", StringComparison.Ordinal));
        copies.WriteFailure = null;
        await instance.RefreshAsync();
        Assert.DoesNotContain(instance.Flags.Problems, problem => problem.Contains("copy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_store_of_the_copy_that_hangs_holds_a_refresh_up_only_so_long()
    {
        configuration.SetValue(Batch, "7");
        copies.Close();
        var instance = Instance();

        await instance.RefreshSlowlyAsync(() => copies.IsReached, instance.Options.MaxWait);
        Assert.Equal([instance.Options.MaxWait], time.Delays);
        Assert.Equal(7, instance.Flags.BatchSize);
        Assert.Contains("was not read in time", Assert.Single(instance.Flags.Problems), StringComparison.Ordinal);
        copies.Open();
        await PipelineFixture.Until(() => instance.RefreshAsync().GetAwaiter().GetResult().Problems.Count == 0);
        Assert.Equal(1, copies.Writes);
    }

    public void Dispose() => instances.ForEach(instance => instance.Dispose());

    internal static string On(string name) => $$"""{"id":"{{name}}","enabled":true,"conditions":{"client_filters":[]} }""";

    internal static string Off(string name) => $$"""{"id":"{{name}}","enabled":false}""";

    internal static string Variant(string name, string value) =>
        $$"""{"id":"{{name}}","enabled":true,"variants":[{"name":"set","configuration_value":{{value}} }],"allocation":{"default_when_enabled":"set"} }""";

    private static string Window(string name, DateTimeOffset start, DateTimeOffset end) =>
        $$"""{"id":"{{name}}","enabled":true,"conditions":{"client_filters":[{"name":"Microsoft.TimeWindow","parameters":{"Start":"{{start:O}}","End":"{{end:O}}"} }]} }""";

    private FlagInstance Instance(IBreakerStateStore? breakers = null, string? label = null, Dictionary<string, string>? file = null)
    {
        instances.Add(new(time, configuration, copies, breakers, label, file));
        return instances[^1];
    }

    /// <summary>Another process, which has no more than the others: the copy.</summary>
    private FlagInstance Cold() => Instance();
}
