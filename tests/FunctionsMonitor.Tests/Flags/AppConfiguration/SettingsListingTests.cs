using FunctionsMonitor.Flags.AppConfiguration;

namespace FunctionsMonitor.Tests.Flags.AppConfiguration;

public sealed class SettingsListingTests
{
    private static readonly SettingsQuery Query = new("FunctionsMonitor:MONITORING_*", SettingsQuery.NoLabel);
    private readonly FakeAppConfiguration configuration = new() { PageSize = 2 };
    private readonly SettingsListing listing;

    public SettingsListingTests()
    {
        foreach (var name in (string[])["A", "B", "C", "D", "E"])
            configuration.SetValue($"MONITORING_{name}", "1");
        listing = new(configuration, Query);
    }

    [Fact]
    public async Task A_second_reading_has_one_condition_a_page_and_gets_no_page()
    {
        Assert.Equal("A1 B1 C1 D1 E1", await ReadAsync());
        Assert.Equal((3, 0), (configuration.PagesSent, configuration.Asked[Query.KeyFilter].Conditions));
        Assert.Equal("A1 B1 C1 D1 E1", await ReadAsync());
        Assert.Equal((3, 3, 2), (configuration.PagesSent, configuration.Asked[Query.KeyFilter].Conditions, configuration.Requests));
    }

    [Fact]
    public async Task A_change_in_one_page_a_page_more_and_a_page_less_are_all_seen()
    {
        await ReadAsync();
        configuration.SetValue("MONITORING_C", "2");
        Assert.Equal("A1 B1 C2 D1 E1", await ReadAsync());
        configuration.SetValue("MONITORING_F", "1").SetValue("MONITORING_G", "1");
        Assert.Equal("A1 B1 C2 D1 E1 F1 G1", await ReadAsync());
        // Everything moves up by one, over the borders of pages.
        configuration.Remove("FunctionsMonitor:MONITORING_A");
        Assert.Equal("B1 C2 D1 E1 F1 G1", await ReadAsync());
        configuration.Remove("FunctionsMonitor:MONITORING_G");
        configuration.Remove("FunctionsMonitor:MONITORING_F");
        // The pages that are left are what they were.
        Assert.Equal("B1 C2 D1 E1", await ReadAsync());
        Assert.Equal("B1 C2 D1 E1", await ReadAsync());
    }

    [Fact]
    public async Task A_reading_that_fails_changes_nothing_for_the_next()
    {
        await ReadAsync();
        configuration.SetValue("MONITORING_E", "2");
        configuration.Failure = FakeAppConfiguration.Down;
        await Assert.ThrowsAsync<SettingsReadException>(ReadAsync);
        configuration.Failure = null;
        Assert.Equal("A1 B1 C1 D1 E2", await ReadAsync());
    }

    [Fact]
    public async Task An_empty_listing_is_an_answer_too_and_has_its_condition()
    {
        var empty = new SettingsListing(configuration, Query with { KeyFilter = "Other:*" });
        Assert.Empty(await empty.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Empty(await empty.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, configuration.Asked["Other:*"].Conditions);
    }

    [Fact]
    public async Task Pages_without_tags_are_asked_for_whole()
    {
        var reader = new ScriptedReader([new([Setting("A")], null)], [new([Setting("B")], "tag")], [new([Setting("C")], "other")]);
        var scripted = new SettingsListing(reader, Query);
        for (var i = 0; i < 3; i++)
            await scripted.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["", "", "tag"], reader.Conditions);
    }

    [Fact]
    public async Task A_page_that_is_held_back_although_no_condition_was_sent_is_no_answer()
    {
        var scripted = new SettingsListing(new ScriptedReader([new(null, null)], [new(null, null)]), Query);
        var exception = await Assert.ThrowsAsync<SettingsReadException>(async () => await scripted.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(SettingsReadFault.Unavailable, exception.Fault);
    }

    [Theory]
    [InlineData(0, null, SettingsReadFault.Unavailable, "no answer")]
    [InlineData(408, null, SettingsReadFault.Unavailable, "status 408")]
    [InlineData(500, null, SettingsReadFault.Unavailable, "status 500")]
    [InlineData(503, "x", SettingsReadFault.Unavailable, "status 503 x")]
    [InlineData(429, null, SettingsReadFault.Throttled, "status 429")]
    [InlineData(400, null, SettingsReadFault.Refused, "status 400")]
    [InlineData(401, null, SettingsReadFault.Refused, "status 401")]
    [InlineData(403, null, SettingsReadFault.Refused, "status 403")]
    [InlineData(404, null, SettingsReadFault.Refused, "status 404")]
    public void A_status_says_whether_to_try_again_to_wait_or_to_call_a_person(int status, string? code, SettingsReadFault fault, string message)
    {
        var exception = SettingsReadException.OfStatus(status, code, TimeSpan.FromSeconds(1), null);
        Assert.Equal((fault, message, TimeSpan.FromSeconds(1)), (exception.Fault, exception.Message, exception.RetryAfter));
        Assert.Equal(fault == SettingsReadFault.Unavailable, AppConfigurationFlagSource.IsTransient(exception));
        Assert.True(AppConfigurationFlagSource.IsTransient(new IOException()));
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, "30", 30.0)]
    [InlineData("1500", "2", 1.5)]
    [InlineData("soon", "2", 2.0)]
    [InlineData(null, "-1", null)]
    [InlineData(null, "Tue, 24 Nov 2026 12:00:00 GMT", null)]
    public void Retry_After_is_in_milliseconds_or_seconds(string? milliseconds, string? seconds, double? expected) =>
        Assert.Equal(expected, SettingsReadException.RetryAfterOf(milliseconds, seconds)?.TotalSeconds);

    private async Task<string> ReadAsync() => string.Join(
        ' ', (await listing.ReadAsync(TestContext.Current.CancellationToken)).Select(setting => setting.Key[^1] + setting.Value));

    private static RemoteSetting Setting(string name) => new(name, null, "1", null, "v1");

    private sealed class ScriptedReader(params IReadOnlyList<SettingsPage>[] answers) : ISettingsReader
    {
        public List<string> Conditions { get; } = [];

        public ValueTask<IReadOnlyList<SettingsPage>> ListAsync(SettingsQuery query, IReadOnlyList<string> knownTags, CancellationToken cancellationToken)
        {
            Conditions.Add(string.Join(',', knownTags));
            return ValueTask.FromResult(answers[Conditions.Count - 1]);
        }
    }
}
