using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using FunctionsMonitor.Events;
using FunctionsMonitor.Validation;

namespace FunctionsMonitor.Benchmarks.Events;

/// <summary>
/// One valid event against the rules. The rival is <c>DataAnnotations</c> on the class that System.Text.Json fills; it checks presence and
/// length only, while ours also checks characters, the range of time, the kinds of JSON, and fields that are repeated or unknown.
/// </summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
[HideColumns("Error", "Median")]
public class EventValidatorBenchmarks
{
    private readonly ParsedEvent parsed = new();
    private readonly ParsedEvent scratch = new();
    private readonly List<ValidationIssue> issues = [];
    private readonly byte[] json = EventSamples.Lines[7];
    private EventDto dto = null!;

    [GlobalSetup]
    public void Setup()
    {
        parsed.Parse(json, IngestOptions.DefaultMaxDepth);
        dto = JsonSerializer.Deserialize(json, EventDtoJson.Default.EventDto)!;
    }

    [Benchmark(Description = "EventValidator"), BenchmarkCategory("1 validate")]
    public int ValidateOurs() => Validate(parsed);

    [Benchmark(Description = "DataAnnotations", Baseline = true), BenchmarkCategory("1 validate")]
    public bool ValidateAnnotations() => Annotated(dto);

    [Benchmark(Description = "ParsedEvent, EventValidator"), BenchmarkCategory("2 parse and validate")]
    public int ParseOurs()
    {
        scratch.Parse(json, IngestOptions.DefaultMaxDepth);
        return Validate(scratch);
    }

    [Benchmark(Description = "JsonSerializer, DataAnnotations", Baseline = true), BenchmarkCategory("2 parse and validate")]
    public bool ParseAnnotations() => Annotated(JsonSerializer.Deserialize(json, EventDtoJson.Default.EventDto)!);

    private int Validate(ParsedEvent candidate)
    {
        issues.Clear();
        EventSamples.Validator.Validate(candidate, EventSamples.Context, issues);
        return issues.Count == 0 ? 0 : throw new InvalidOperationException("The sample is not valid.");
    }

    private static bool Annotated(EventDto dto)
    {
        var results = new List<ValidationResult>();
        return Validator.TryValidateObject(dto, new System.ComponentModel.DataAnnotations.ValidationContext(dto), results, validateAllProperties: true)
            ? true
            : throw new InvalidOperationException("The sample is not valid.");
    }
}
