using System.Text;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Validation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace FunctionsMonitor.Tests.Validation;

public sealed class EventValidatorTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeLogCollector logs = new();

    public static TheoryData<string, string, string, string?, Severity> Rows { get; } = new()
    {
        { "event_id", "\"0197a1b2-0000-7000-8000-000000000001\"", "", null, Severity.Error },
        { "event_id", "null", "", null, Severity.Error },
        { "event_id", "\"0197a1b200007000800000000000001\"", "event_id_format", "hexadecimal", Severity.Error },
        { "event_id", "\"{0197a1b2-0000-7000-8000-000000000001}\"", "event_id_format", "hexadecimal", Severity.Error },
        { "event_id", "\"00000000-0000-0000-0000-000000000000\"", "event_id_format", "not all zero", Severity.Error },
        { "event_id", "17", "event_id_format", "UUID", Severity.Error },
        { "event_type", "null", "event_type_required", "is required", Severity.Error },
        { "event_type", "{\"a\":1}", "event_type_invalid", "must be a string", Severity.Error },
        { "event_type", "\"\"", "event_type_invalid", "must not be empty", Severity.Error },
        { "event_type", "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"", "", null, Severity.Error },
        { "event_type", "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"", "event_type_invalid", "at most 50 characters", Severity.Error },
        { "event_type", "\"tab\\tin\"", "event_type_invalid", "control characters", Severity.Error },
        { "event_type", "\"\\u007f\"", "event_type_invalid", "control characters", Severity.Error },
        { "event_type", "\"\\udc00\"", "event_type_invalid", "half surrogate pairs", Severity.Error },
        { "timestamp", "null", "timestamp_required", "is required", Severity.Error },
        { "timestamp", "\"\"", "timestamp_format", "ISO 8601", Severity.Error },
        { "timestamp", "\"24/11/2026\"", "timestamp_format", "ISO 8601", Severity.Error },
        { "timestamp", "\"2026-02-29T00:00:00Z\"", "timestamp_format", "ISO 8601", Severity.Error },
        { "timestamp", "true", "timestamp_format", "ISO 8601", Severity.Error },
        { "timestamp", "\"2026-10-25T12:00:00Z\"", "", null, Severity.Error },
        { "timestamp", "\"2026-10-25T11:59:59.999999Z\"", "timestamp_range", "older than what is kept", Severity.Error },
        { "timestamp", "\"2026-11-25T12:00:00Z\"", "", null, Severity.Error },
        { "timestamp", "\"2026-11-25T12:00:00.000001Z\"", "timestamp_range", "too far in the future", Severity.Error },
        { "timestamp", "\"2026-11-24T12:00:00\"", "timestamp_offset", "taken as UTC", Severity.Warning },
        { "source", "null", "source_required", "is required", Severity.Error },
        { "source", $"\"\\u00e9{new string('x', 700)}\"", "source_invalid", "at most 100 characters", Severity.Error },
        { "source", "[]", "source_invalid", "must be a string", Severity.Error },
        { "source", "\"\"", "source_invalid", "must not be empty", Severity.Error },
        { "source", "\"a\\u0000b\"", "source_invalid", "control characters", Severity.Error },
        { "data", "null", "data_required", "is required", Severity.Error },
        { "data", "[{}]", "data_type", "must be an object", Severity.Error },
        { "data", "\"{}\"", "data_type", "must be an object", Severity.Error },
        { "data", "0", "data_type", "must be an object", Severity.Error },
        { "metadata", "null", "", null, Severity.Error },
        { "metadata", "{}", "", null, Severity.Error },
        { "metadata", "\"x\"", "metadata_type", "must be an object", Severity.Error },
        { "colour", "\"red\"", "field_unknown", "no field colour", Severity.Warning },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Each_field_has_its_rules(string field, string json, string code, string? words, Severity severity)
    {
        var fields = new Dictionary<string, string>
        {
            ["event_type"] = "\"t\"",
            ["timestamp"] = "\"2026-11-24T12:00:00Z\"",
            ["source"] = "\"s\"",
            ["data"] = "{}",
            [field] = json,
        };
        var issues = Validate(Validator(), $"{{{string.Join(',', fields.Select(pair => $"\"{pair.Key}\":{pair.Value}"))}}}");

        if (code.Length == 0)
        {
            Assert.Empty(issues);
            return;
        }

        var issue = Assert.Single(issues);
        Assert.Equal((field, code, severity), (issue.Field, issue.Code, issue.Severity));
        Assert.Contains(words!, issue.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_is_found_at_once()
    {
        var codes = Validate(Validator(), """{"event_id":1,"metadata":2}""").Select(issue => issue.Code);
        Assert.Equal(
            ["event_id_format", "event_type_required", "timestamp_required", "source_required", "data_required", "metadata_type"], codes);
    }

    [Fact]
    public void A_field_given_twice_is_an_error_that_keeps_the_earlier_value_and_the_last_one_counts()
    {
        var issue = Assert.Single(Validate(Validator(), Valid(""","source":"b" """)));
        Assert.Equal(("source", "field_repeated", Severity.Error, "\"s\""), (issue.Field, issue.Code, issue.Severity, Encoding.UTF8.GetString(issue.Original!.Value.Span)));
    }

    [Fact]
    public void Up_to_twenty_strange_fields_have_a_finding_each_and_more_have_one_together_that_keeps_the_whole_event()
    {
        Assert.Equal(20, Validate(Validator(), Valid(Fields(20))).Count);

        var json = Valid(Fields(21));
        var issue = Assert.Single(Validate(Validator(), json));
        Assert.Equal(("fields_too_many", Severity.Warning), (issue.Code, issue.Severity));
        Assert.Contains("21 fields", issue.Message, StringComparison.Ordinal);
        Assert.Equal(json, Encoding.UTF8.GetString(issue.Original!.Value.Span));
        Assert.Equal(Severity.Error, Assert.Single(Validate(Validator(), Valid(Fields(20) + ""","source":"b" """))).Severity);
    }

    [Fact]
    public async Task Findings_do_not_blow_an_event_up()
    {
        await using var monitor = new TestMonitor();
        var json = monitor.Event()[..^1] + string.Concat(Enumerable.Repeat(",\"a\":1", 40_000)) + "}";
        await monitor.PostAsync(json);

        Assert.InRange(new FileInfo(Assert.Single(monitor.SegmentFiles)).Length, json.Length, json.Length + 2000);
        await monitor.FlushAsync();
        Assert.Contains(json, Encoding.UTF8.GetString(Assert.Single(await monitor.EventsAsync()).Issues!.Value.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void An_added_rule_is_asked_for_its_event_types_only()
    {
        var rule = new Rule("amount_required", Severity.Error, ["order", "refund"], (_, _) => "amount is missing");
        var validator = Validator(rule);
        foreach (var (type, found) in ((string, bool)[])[("order", true), ("refund", true), ("orders", false), ("Order", false)])
            Assert.Equal(found, Validate(validator, Valid("", type)).Exists(issue => issue.Code == "amount_required"));
        Assert.DoesNotContain(Validate(validator, "{}"), issue => issue.Code == "amount_required");
        Assert.Equal("data", Validate(validator, Valid("", "order"))[0].Field);
    }

    [Fact]
    public void An_added_rule_for_all_types_is_asked_also_when_there_is_none_and_sees_the_context()
    {
        long seen = 0;
        var validator = Validator(new Rule("any", Severity.Info, null, (_, context) =>
        {
            seen = context.ReceivedAt;
            return "hm";
        }));
        Assert.Contains(Validate(validator, "{}"), issue => issue is { Code: "any", Severity: Severity.Info });
        Assert.Equal(EventTime.ToMicroseconds(Now), seen);
    }

    [Fact]
    public void A_rule_that_throws_is_a_warning_on_every_event_and_logged_once()
    {
        var validator = Validator(new Rule("broken", Severity.Error, null, (_, _) => throw new InvalidOperationException("oops")));
        for (var i = 0; i < 3; i++)
        {
            var issue = Assert.Single(Validate(validator, Valid()));
            Assert.Equal(("rule_failed", Severity.Warning), (issue.Code, issue.Severity));
            Assert.Contains("broken", issue.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("oops", issue.Message, StringComparison.Ordinal);
        }

        Assert.Equal(1100, Assert.Single(logs.GetSnapshot()).Id.Id);
    }

    [Theory]
    [InlineData(Severity.Error, true)]
    [InlineData(Severity.Warning, false)]
    [InlineData(Severity.Info, false)]
    public async Task Only_errors_fail_an_event_and_make_strict_reject_it(Severity severity, bool fails)
    {
        await using var monitor = new TestMonitor(configure: services => services.AddSingleton<IValidationRule>(new Rule("added", severity, null, (_, _) => "hm")));
        await monitor.PostAsync(monitor.Event("marked"));
        monitor.Flags.Set(FlagSchema.ValidationStrict, true);
        var strict = await monitor.PostAsync(monitor.Event("strict"));
        Assert.Equal(fails ? (0, 1) : (1, 0), (strict.Accepted, strict.Rejected));
        Assert.Equal(fails ? ["added"] : [], strict.Errors.Select(error => error.Code));
        await monitor.FlushAsync();

        var rollup = await monitor.RollupAsync("marked");
        Assert.Equal(fails ? (1, 0, 1) : (1, 1, 0), (rollup.Total, rollup.Passed, rollup.Failed));
        Assert.Equal((fails ? 1 : 0, severity == Severity.Warning ? 1 : 0), (rollup.Errors, rollup.Warnings));
        var stored = (await monitor.EventsAsync()).Single(item => item.Type == "marked");
        Assert.Equal(fails, stored.Marks.HasFlag(EventMarks.Failed));
        Assert.Contains("\"code\":\"added\"", Encoding.UTF8.GetString(stored.Issues!.Value.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_validation_off_strict_rejects_nothing_and_an_added_rule_leaves_no_trace()
    {
        await using var monitor = new TestMonitor(configure: services => services.AddSingleton<IValidationRule>(new Rule("added", Severity.Error, null, (_, _) => "hm")));
        monitor.Flags.Set(FlagSchema.ValidationStrict, true);
        monitor.Flags.Set(FlagSchema.EnableValidation, false);
        Assert.Equal(1, (await monitor.PostAsync(monitor.Event())).Accepted);
        await monitor.FlushAsync();

        var stored = Assert.Single(await monitor.EventsAsync());
        Assert.Equal((EventMarks.None, true), (stored.Marks, stored.Issues is null));
        var rollup = await monitor.RollupAsync("test.event");
        Assert.Equal((1, 0, 0, 0, 0), (rollup.Total, rollup.Passed, rollup.Failed, rollup.Errors, rollup.ValidationNanoseconds));
    }

    [Fact]
    public async Task The_validation_time_is_what_the_clock_says()
    {
        TestMonitor? running = null;
        await using var monitor = running = new TestMonitor(configure: services => services.AddSingleton<IValidationRule>(new Rule("slow", Severity.Error, null, (_, _) =>
        {
            running!.Time.Advance(TimeSpan.FromMilliseconds(2));
            return null;
        })));
        await monitor.PostAsync($"[{monitor.Event()},{monitor.Event()}]");
        await monitor.FlushAsync();
        Assert.Equal(4_000_000, (await monitor.RollupAsync("test.event")).ValidationNanoseconds);
    }

    private EventValidator Validator(params IValidationRule[] rules) => new(rules, new Logger<EventValidator>(new LoggerFactory([new FakeLoggerProvider(logs)])));

    private static List<ValidationIssue> Validate(EventValidator validator, string json)
    {
        var candidate = new ParsedEvent();
        candidate.Parse(Encoding.UTF8.GetBytes(json), IngestOptions.DefaultMaxDepth);
        var issues = new List<ValidationIssue>();
        validator.Validate(
            candidate, new(EventTime.ToMicroseconds(Now), EventTime.ToMicroseconds(Now.AddDays(-30)), EventTime.ToMicroseconds(Now.AddHours(24))), issues);
        return issues;
    }

    private static string Valid(string more = "", string type = "t") =>
        $$"""{"event_type":"{{type}}","timestamp":"2026-11-24T12:00:00Z","source":"s","data":{}{{more}}}""";

    private static string Fields(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $",\"f{i}\":{i}"));

    private sealed class Rule(
        string name, Severity severity, IReadOnlyCollection<string>? types, Func<ParsedEvent, ValidationContext, string?> check) : IValidationRule
    {
        public string Name => name;

        public Severity Severity => severity;

        public IReadOnlyCollection<string>? EventTypes => types;

        public string? Field => "data";

        public string? Check(ParsedEvent candidate, in ValidationContext context) => check(candidate, context);
    }
}
