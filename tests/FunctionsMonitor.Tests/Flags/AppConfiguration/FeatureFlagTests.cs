using FunctionsMonitor.Flags;
using FunctionsMonitor.Flags.AppConfiguration;
using Microsoft.Extensions.Time.Testing;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FunctionsMonitor.Tests.Flags.AppConfiguration;

/// <summary>
/// What a feature flag of schema v2 comes to. The cases follow the schema and the kinds of sample that Microsoft publishes for its
/// feature-management libraries: no filters, requirement types, targeting with exclusions, variants by user, group and percentile.
/// </summary>
public sealed class FeatureFlagTests
{
    private const string Name = "MONITORING_VALIDATION_STRICT";
    private const string Variants = """, "variants": [ { "name": "low", "configuration_value": "10" }, { "name": "high", "configuration_value": "90" } ] """;
    private readonly FakeTimeProvider time = new(FlagInstance.Start);

    [Theory]
    [InlineData("", "false")]
    [InlineData(""", "enabled": true""", "true")]
    [InlineData(""", "enabled": false""", "false")]
    [InlineData(""", "enabled": "true" """, "true")]
    [InlineData(""", "enabled": true, "conditions": null""", "true")]
    [InlineData(""", "enabled": true, "conditions": {}""", "true")]
    [InlineData(""", "enabled": true, "conditions": { "client_filters": [] }""", "true")]
    [InlineData(""", "enabled": true, "description": "text", "display_name": "text", "telemetry": { "enabled": true, "metadata": { "a": "b" } }""", "true")]
    public async Task Without_filters_a_flag_is_what_enabled_says(string members, string text) => Assert.Equal(text, (await ReadAsync(members)).Text);

    [Theory]
    [InlineData("Any", "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z", "2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z", "true")]
    [InlineData("Any", "2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z", "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z", "true")]
    [InlineData("Any", "2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z", "2030-01-01T00:00:00Z", "2030-01-02T00:00:00Z", "false")]
    [InlineData("All", "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z", "2026-11-24T12:00:00Z", "2026-11-24T12:00:01Z", "true")]
    [InlineData("All", "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z", "2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z", "false")]
    public async Task Any_or_all_of_the_filters_must_hold(string requirement, string start, string end, string otherStart, string otherEnd, string text)
    {
        var filters = $"[ {Window(start, end)}, {Window(otherStart, otherEnd)} ]";
        Assert.Equal(text, (await ReadAsync($$""", "enabled": true, "conditions": { "requirement_type": "{{requirement}}", "client_filters": {{filters}} }""")).Text);
    }

    [Fact]
    public async Task Any_is_what_holds_when_no_requirement_type_is_given()
    {
        var filters = $"[ {Window("2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z")}, {Window("2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z")} ]";
        Assert.Equal("true", (await ReadAsync($$""", "enabled": true, "conditions": { "client_filters": {{filters}} }""")).Text);
    }

    [Fact]
    public async Task A_time_window_goes_by_our_clock_and_may_recur()
    {
        using var flag = Parse(
            """
            , "enabled": true, "conditions": { "client_filters": [ { "name": "TimeWindow", "parameters": {
              "Start": "2026-11-24T12:00:00Z", "End": "2026-11-24T13:00:00Z",
              "Recurrence": { "Pattern": { "Type": "Daily", "Interval": 1 }, "Range": { "Type": "NoEnd" } } } } ] }
            """);
        foreach (var expected in (string[])["true", "false", "true"])
        {
            Assert.Equal(expected, (await flag.EvaluateAsync(FlagType.Bool, Context(), TestContext.Current.CancellationToken)).Text);
            time.Advance(TimeSpan.FromHours(12));
        }
    }

    [Theory]
    [InlineData("ops", "", "true")]
    [InlineData("nobody", "", "false")]
    [InlineData("nobody", "ring0", "true")]
    [InlineData("nobody", "ring9", "false")]
    [InlineData("banned", "ring0", "false")]
    [InlineData("ops", "outside", "false")]
    public async Task Targeting_looks_at_the_app_as_one_user_with_its_groups(string user, string groups, string text)
    {
        const string members =
            """
            , "enabled": true, "conditions": { "client_filters": [ { "name": "Microsoft.Targeting", "parameters": { "Audience": {
              "Users": [ "ops", "banned" ], "Groups": [ { "Name": "ring0", "RolloutPercentage": 100 }, { "Name": "ring9", "RolloutPercentage": 0 } ],
              "DefaultRolloutPercentage": 0, "Exclusion": { "Users": [ "banned" ], "Groups": [ "outside" ] } } } } ] }
            """;
        Assert.Equal(text, (await ReadAsync(members, context: Context(user, groups))).Text);
    }

    [Theory]
    [InlineData("low-user", "", "10")]
    [InlineData("nobody", "high-group", "90")]
    [InlineData("low-user", "high-group", "10")]
    public async Task A_variant_is_allocated_by_user_before_group(string user, string groups, string text)
    {
        const string members =
            """
            , "enabled": true, "allocation": { "user": [ { "variant": "low", "users": [ "low-user" ] } ],
              "group": [ { "variant": "high", "groups": [ "high-group" ] } ] }
            """ + Variants;
        Assert.Equal(text, (await ReadAsync(members, FlagType.Int, Context(user, groups))).Text);
    }

    [Fact]
    public async Task Allocation_by_percentile_is_the_same_every_time_and_splits_users()
    {
        const string members =
            """
            , "enabled": true, "allocation": { "seed": "s", "percentile": [ { "variant": "low", "from": 0, "to": 50 },
              { "variant": "high", "from": 50, "to": 100 } ] }
            """ + Variants;
        var texts = new HashSet<string?>();
        for (var user = 0; user < 20; user++)
        {
            var text = (await ReadAsync(members, FlagType.Int, Context($"user{user}"))).Text;
            Assert.Equal(text, (await ReadAsync(members, FlagType.Int, Context($"user{user}"))).Text);
            texts.Add(text);
        }

        Assert.Equal(["10", "90"], texts.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("true", """ "default_when_enabled": "high", "default_when_disabled": "low" """, "90")]
    [InlineData("false", """ "default_when_enabled": "high", "default_when_disabled": "low" """, "10")]
    [InlineData("false", """ "default_when_enabled": "high" """, null)]
    public async Task The_default_variants_follow_whether_the_flag_is_on(string enabled, string allocation, string? text)
    {
        var reading = await ReadAsync($$""", "enabled": {{enabled}}, "allocation": { {{allocation}} }{{Variants}}""", FlagType.Int);
        Assert.Equal((text, null), (reading.Text, reading.Refusal));
    }

    [Fact]
    public async Task A_bool_is_its_variants_value_before_enabled_and_off_without_default_when_disabled_is_false()
    {
        const string variants = """, "variants": [ { "name": "no", "configuration_value": false }, { "name": "yes", "configuration_value": true } ]""";
        Assert.Equal("False", (await ReadAsync(""", "enabled": true, "allocation": { "default_when_enabled": "no" }""" + variants)).Text);
        Assert.Equal("True", (await ReadAsync(""", "enabled": false, "allocation": { "default_when_disabled": "yes" }""" + variants)).Text);
        Assert.Equal("false", (await ReadAsync(""", "enabled": false, "allocation": { "default_when_enabled": "yes" }""" + variants)).Text);
    }

    [Theory]
    [InlineData("Enabled", "true", "true")]
    [InlineData("Disabled", "true", "false")]
    [InlineData("None", "true", "true")]
    public async Task A_variant_without_a_value_can_override_the_state(string status, string enabled, string text) => Assert.Equal(text, (await ReadAsync(
        $$""", "enabled": {{enabled}}, "variants": [ { "name": "v", "status_override": "{{status}}" } ], "allocation": { "default_when_enabled": "v" }""")).Text);

    [Theory]
    [InlineData("Microsoft.Percentage")]
    [InlineData("Percentage")]
    [InlineData("microsoft.percentage")]
    public void A_percentage_filter_is_refused_even_where_another_filter_would_decide(string filter)
    {
        var filters = $$"""[ {{Window("2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z")}}, { "name": "{{filter}}", "parameters": { "Value": 50 } } ]""";
        Assert.Contains("rolls dice", RefusalOf($$""", "enabled": true, "conditions": { "client_filters": {{filters}} }"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_asks_the_filters_of_a_flag_that_is_off() => Assert.Equal(
        "false", (await ReadAsync(""", "enabled": false, "conditions": { "client_filters": [ { "name": "Microsoft.Percentage", "parameters": { "Value": 50 } } ] }""")).Text);

    [Theory]
    [InlineData("""{ "id": "MONITORING_VALIDATION_STRICT", "enabled": true, "conditions": { "client_filters": [ { "name": "Own" } ] } }""", "its filter 'Own' is not supported")]
    [InlineData("""{ "id": "MONITORING_VALIDATION_STRICT", "enabled": true, "conditions": { "client_filters": [ {} ] } }""", "its filter '' is not supported")]
    [InlineData("""{ "id": "monitoring_validation_strict", "enabled": true }""", "its id is not 'MONITORING_VALIDATION_STRICT'")]
    [InlineData("""{ "enabled": true }""", "its id is not")]
    [InlineData("""[ { "id": "MONITORING_VALIDATION_STRICT" } ]""", "a JSON object is expected")]
    [InlineData("""{ "id": "MONITORING_VALIDATION_STRICT" }, { "id": "x" }""", "it is no JSON")]
    [InlineData("", "it is no JSON")]
    [InlineData("""{ "id": "MONITORING_VALIDATION_STRICT", "enabled": true, "Enabled": false }""", "duplicate key")]
    public void What_is_no_feature_flag_is_refused_with_the_reason(string json, string reason)
    {
        Assert.Null(FeatureFlag.Parse(Name, new($".appconfig.featureflag/{Name}", null, json, FakeAppConfiguration.FeatureFlagType, "v"), time, out var refusal));
        Assert.Contains(reason, refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""", "enabled": "maybe" """)]
    [InlineData(""", "enabled": true, "conditions": { "requirement_type": "Some", "client_filters": [ { "name": "TimeWindow" } ] }""")]
    [InlineData(""", "enabled": true, "conditions": { "client_filters": [ { "name": "TimeWindow", "parameters": { "Start": "soon" } } ] }""")]
    [InlineData(""", "enabled": true, "conditions": { "client_filters": [ { "name": "Targeting", "parameters": { "Audience": { "DefaultRolloutPercentage": 120 } } } ] }""")]
    public async Task What_the_library_cannot_evaluate_is_refused_in_its_words(string members)
    {
        var reading = await ReadAsync(members);
        Assert.Null(reading.Text);
        Assert.NotEmpty(reading.Refusal!);
    }

    [Theory]
    [InlineData(FlagType.Int)]
    [InlineData(FlagType.String)]
    [InlineData(FlagType.Float)]
    public async Task A_flag_that_is_only_on_is_no_value_of_another_type(FlagType type)
    {
        Assert.StartsWith("it is on and has no variant with a value", (await ReadAsync(""", "enabled": true""", type)).Refusal, StringComparison.Ordinal);
        Assert.StartsWith(
            "it is on and has no variant with a value",
            (await ReadAsync(""", "enabled": true, "allocation": { "default_when_enabled": "nowhere" }""" + Variants, type)).Refusal, StringComparison.Ordinal);
        Assert.Equal(SettingReading.Nothing, await ReadAsync(""", "enabled": false""", type));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("not a content type")]
    public void The_content_type_must_say_that_it_is_a_feature_flag(string? contentType)
    {
        Assert.Null(FeatureFlag.Parse(Name, new($".appconfig.featureflag/{Name}", null, $$"""{"id":"{{Name}}"}""", contentType, "v"), time, out var refusal));
        Assert.Contains("content type", refusal, StringComparison.Ordinal);
    }

    private static string Window(string start, string end) =>
        $$"""{ "name": "Microsoft.TimeWindow", "parameters": { "Start": "{{start}}", "End": "{{end}}" } }""";

    private static TargetingContext Context(string user = "functionsmonitor", string groups = "") =>
        new() { UserId = user, Groups = groups.Split(',', StringSplitOptions.RemoveEmptyEntries) };

    private FeatureFlag Parse(string members)
    {
        var setting = new RemoteSetting($".appconfig.featureflag/{Name}", null, $$"""{ "id": "{{Name}}"{{members}} }""", FakeAppConfiguration.FeatureFlagType, "v1");
        var flag = FeatureFlag.Parse(Name, setting, time, out var refusal);
        Assert.Null(refusal);
        return flag!;
    }

    private string RefusalOf(string members)
    {
        var setting = new RemoteSetting($".appconfig.featureflag/{Name}", null, $$"""{ "id": "{{Name}}"{{members}} }""", FakeAppConfiguration.FeatureFlagType, "v1");
        Assert.Null(FeatureFlag.Parse(Name, setting, time, out var refusal));
        return refusal!;
    }

    private async Task<SettingReading> ReadAsync(string members, FlagType type = FlagType.Bool, TargetingContext? context = null)
    {
        using var flag = Parse(members);
        return await flag.EvaluateAsync(type, context ?? Context(), TestContext.Current.CancellationToken);
    }
}
