using System.Text;
using FunctionsMonitor.Events;
using FunctionsMonitor.Events.CloudEvents;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Validation;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Tests.Events.CloudEvents;

public sealed class CloudEventIngestTests
{
    private const string Account =
        "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shop-prod/providers/Microsoft.Storage/storageAccounts/";

    [Fact]
    public void The_identity_is_the_source_with_the_id_and_stays_what_it_was()
    {
        var id = Identity("/s", "1");
        Assert.Equal(8, id.Version);
        Assert.Equal(id, Identity("/s", "1"));
        Assert.Distinct([id, Identity("/s1", ""), Identity("/", "s1"), Identity("/s", "2"), Identity("/t", "1"), Identity(new string('s', 600), "1"), Identity(new string('s', 599), "1")]);
        Assert.Equal(Guid.Parse("4f68cfcb-3b1c-8edb-8187-1b55ee3a631d"), id);
    }

    [Fact]
    public async Task Delivered_again_later_by_another_instance_an_event_is_stored_once()
    {
        await using var monitor = new TestMonitor();
        var body = Event("""
            "data":{"n":1}
            """);
        await monitor.PostAsync(body, EventFormat.CloudEvent);
        monitor.Time.Advance(TimeSpan.FromHours(23));
        await monitor.PostAsync($"[{body},{body}]", EventFormat.CloudEventBatch);

        var report = await monitor.FlushAsync();
        Assert.Equal((1, 2, 0), (report.Stored, report.Duplicates, report.Dead));
    }

    [Fact]
    public async Task Without_a_time_a_second_delivery_is_another_event_unless_it_has_a_key()
    {
        await using var monitor = new TestMonitor();
        const string Timeless = """{"specversion":"1.0","id":"1","source":"/s","type":"t"}""";
        await monitor.PostAsync(Timeless, EventFormat.CloudEvent);
        monitor.Time.Advance(TimeSpan.FromMinutes(1));
        await monitor.PostAsync(Timeless, EventFormat.CloudEvent);
        await monitor.PostOnceAsync("key", Timeless.Replace("\"1\"", "\"2\"", StringComparison.Ordinal), EventFormat.CloudEvent);
        monitor.Time.Advance(TimeSpan.FromMinutes(1));
        await monitor.PostOnceAsync("key", Timeless.Replace("\"1\"", "\"2\"", StringComparison.Ordinal), EventFormat.CloudEvent);

        Assert.Equal(3, (await monitor.FlushAsync()).Stored);
        var stored = await monitor.EventsAsync();
        Assert.Equal(2, stored.Select(item => item.Key.Id).Distinct().Count());
        Assert.All(stored, item => Assert.Contains("\"time_absent\",\"severity\":\"warning\"", Text(item.Issues), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_sources_may_use_one_id_at_one_time()
    {
        await using var monitor = new TestMonitor();
        var one = Event("\"data\":{}");
        await monitor.PostAsync($"[{one},{one.Replace("/s", "/t", StringComparison.Ordinal)}]", EventFormat.CloudEventBatch);
        Assert.Equal(2, (await monitor.FlushAsync()).Stored);
    }

    [Fact]
    public async Task Azures_long_sources_and_types_keep_their_ends_and_pass_also_strictly()
    {
        await using var monitor = new TestMonitor();
        monitor.Flags.Set(FlagSchema.ValidationStrict, true);
        const string Type = "Microsoft.ResourceNotifications.HealthResources.AvailabilityStatusChanged";
        foreach (var account in (string[])["orders", "invoices"])
            Assert.Equal(0, (await monitor.PostAsync(
                $$"""{"specversion":"1.0","id":"1","source":"{{Account}}{{account}}","type":"{{Type}}","time":"2026-11-24T12:00:00Z"}""", EventFormat.CloudEvent)).Rejected);
        await monitor.FlushAsync();

        var stored = (await monitor.EventsAsync()).OrderBy(item => item.Source, StringComparer.Ordinal).ToList();
        Assert.Equal(2, stored.Count);
        foreach (var (item, account) in stored.Zip((string[])["orders", "invoices"]))
        {
            var whole = Account + account;
            Assert.Equal("…" + whole[^99..], item.Source);
            Assert.Equal("…" + Type[^49..], item.Type);
            Assert.Contains($"\"source\":\"{whole}\"", Text(item.Metadata), StringComparison.Ordinal);
            Assert.Equal(EventMarks.Validated, item.Marks);
            Assert.Equal(["event_type_shortened info", "source_shortened info"], Findings(item));
        }
    }

    /// <summary>At the limit nothing is cut; beyond it a cut falls between characters, whatever their width.</summary>
    [Theory]
    [InlineData(100, "é")]
    [InlineData(101, "é")]
    [InlineData(250, "😀")]
    [InlineData(101, "a")]
    [InlineData(3000, "\\u00e9")]
    public async Task A_source_is_cut_between_characters(int count, string character)
    {
        await using var monitor = new TestMonitor();
        var source = string.Concat(Enumerable.Repeat(character, count));
        await monitor.PostAsync(Event("\"data\":{}").Replace("/s", source, StringComparison.Ordinal), EventFormat.CloudEvent);
        await monitor.FlushAsync();

        var shown = character.StartsWith('\\') ? "é" : character;
        var expected = string.Concat(Enumerable.Repeat(shown, Math.Min(count, count > 100 ? 99 : 100)));
        Assert.Equal(count > 100 ? "…" + expected : expected, Assert.Single(await monitor.EventsAsync()).Source);
    }

    [Theory]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":"t","data":[]}""", "")]
    [InlineData("""{"specversion":"1.0","id":"","source":"/s","type":"t"}""", "id id_invalid")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2026-09-24T12:00:00Z"}""", "time timestamp_range")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2026-11-24T12:00:00Z","id":"1"}""", "id field_repeated")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"\ud800","type":"t"}""", "source source_invalid")]
    [InlineData("""{"event_type":"t","source":"s","timestamp":"2026-11-24T12:00:00Z","data":{}}""", "specversion specversion_invalid|id id_required|type event_type_required")]
    public async Task Strictly_what_the_specification_forbids_is_rejected_and_named_as_it_names_it(string body, string errors)
    {
        await using var monitor = new TestMonitor();
        monitor.Flags.Set(FlagSchema.ValidationStrict, true);
        var result = await monitor.PostAsync(body, EventFormat.CloudEvent);

        Assert.Equal(errors, string.Join('|', result.Errors.Select(error => $"{error.Field} {error.Code}")));
        Assert.Equal(errors.Length == 0, result.Accepted == 1);
    }

    [Fact]
    public async Task Not_strict_an_event_with_errors_is_stored_marked_and_nothing_of_it_is_lost()
    {
        await using var monitor = new TestMonitor();
        await monitor.PostAsync("""{"specversion":2,"id":"1","id":"2","source":"\u0000","type":null,"time":"2020-01-01T00:00:00Z","data":1,"data_base64":"AA=="}""", EventFormat.CloudEvent);
        await monitor.FlushAsync();

        var item = Assert.Single(await monitor.EventsAsync());
        Assert.Equal(("unknown", "unknown", item.ReceivedAt), (item.Type, item.Source, item.Key.Timestamp));
        Assert.Equal(EventMarks.Validated | EventMarks.Failed, item.Marks);
        Assert.Equal("""{"data":1}""", Text(item.Data));
        Assert.Equal("""{"specversion":2,"id":"1","id":"2","source":"\u0000","time":"2020-01-01T00:00:00Z","data_base64":"AA=="}""", Text(item.Metadata));
        Assert.Equal(
            ["specversion_invalid error", "event_type_required error", "source_invalid error", "timestamp_range error", "data_twice error", "data_wrapped info", "field_repeated error"],
            Findings(item));
    }

    [Fact]
    public async Task Thousands_of_attributes_are_one_finding()
    {
        await using var monitor = new TestMonitor();
        await monitor.PostAsync(Event(string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"A{i}\":1.5"))), EventFormat.CloudEvent);
        await monitor.FlushAsync();

        var item = Assert.Single(await monitor.EventsAsync());
        Assert.Equal(["attribute_invalid error", "attribute_name warning"], Findings(item));
        Assert.Contains("A0 and 9999 more are not", Text(item.Issues), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_whose_plus_sign_is_an_escape_is_a_time()
    {
        await using var monitor = new TestMonitor();
        await monitor.PostAsync("""{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2026-11-24T13:00:00\u002B01:00"}""", EventFormat.CloudEvent);
        await monitor.PostAsync("""{"event_type":"t","source":"/s","timestamp":"2026-11-24T13:00:00\u002B01:00","data":{}}""");
        await monitor.PostAsync("""{"event_type":"t","source":"/s","timestamp":"2026-11-24T1\u0032:00:00","data":{}}""");
        await monitor.PostAsync("""{"event_type":"t","source":"/s","timestamp":"\ud800","data":{}}""");
        await monitor.FlushAsync();

        var stored = await monitor.EventsAsync();
        Assert.Equal(4, stored.Count);
        Assert.All(stored, item => Assert.Equal(EventTime.ToMicroseconds(monitor.Time.GetUtcNow()), item.Key.Timestamp));
        Assert.Equal(["timestamp_format error", "timestamp_offset warning"], stored.SelectMany(Findings).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Registered_rules_see_a_cloudevent_as_the_event_that_it_becomes()
    {
        await using var monitor = new TestMonitor(configure: services => services.AddSingleton<IValidationRule>(new OrdersOnly()));
        await monitor.PostAsync(Event("\"data\":{}"), EventFormat.CloudEvent);
        await monitor.FlushAsync();
        Assert.Equal(["orders_only warning"], Findings(Assert.Single(await monitor.EventsAsync())));
    }

    private static Guid Identity(string source, string id) => CloudEventIdentity.Of(Encoding.UTF8.GetBytes(source), Encoding.UTF8.GetBytes(id));

    private static string Event(string more) => $$"""{"specversion":"1.0","id":"1","source":"/s","type":"t","time":"2026-11-24T12:00:00Z",{{more}}}""";

    private static string Text(ReadOnlyMemory<byte>? json) => Encoding.UTF8.GetString(json.GetValueOrDefault().Span);

    private static IEnumerable<string> Findings(StoredEvent item) => item.Issues is null
        ? []
        : System.Text.Json.JsonElement.Parse(Text(item.Issues)).EnumerateArray().Select(issue => $"{issue.GetProperty("code")} {issue.GetProperty("severity")}");

    private sealed class OrdersOnly : IValidationRule
    {
        public string Name => "orders_only";

        public Severity Severity => Severity.Warning;

        public IReadOnlyCollection<string> EventTypes { get; } = ["t"];

        public string? Field => "source";

        public string? Check(ParsedEvent candidate, in ValidationContext context) =>
            candidate.SourceName!.Value.Span.SequenceEqual("/s"u8) && candidate.Data.HasValue && candidate.Id is not null ? "Not of the orders." : null;
    }
}
