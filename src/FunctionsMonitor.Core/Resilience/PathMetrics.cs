namespace FunctionsMonitor.Resilience;

/// <summary>What went one way of a pipeline that has several. The members mean what those of <see cref="PipelineMetrics"/> mean.</summary>
public sealed record PathMetrics
{
    public required string Name { get; init; }

    public required long Calls { get; init; }

    public required long Attempts { get; init; }

    public required long Retries { get; init; }

    public required long Successes { get; init; }

    public required long Failures { get; init; }

    public required long Rejections { get; init; }

    public required long Cancelled { get; init; }

    public required long Timeouts { get; init; }

    public string? LastError { get; init; }
}
