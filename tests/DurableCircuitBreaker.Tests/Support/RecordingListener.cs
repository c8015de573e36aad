using Polly.Telemetry;

namespace DurableCircuitBreaker.Tests.Support;

/// <summary>Writes down what a pipeline reports: severity, name, and the strategy it came from.</summary>
internal sealed class RecordingListener : TelemetryListener
{
    private readonly List<string> events = [];

    /// <summary>What every report throws; it is recorded all the same.</summary>
    public Exception? Fault { get; set; }

    public IReadOnlyList<string> Events
    {
        get
        {
            lock (events)
                return [.. events];
        }
    }

    public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
    {
        // How long calls took is Polly's own report.
        if (args.Event.EventName is "PipelineExecuting" or "PipelineExecuted")
            return;

        lock (events)
            events.Add($"{args.Event.Severity} {args.Source.PipelineName}/{args.Source.StrategyName} {args.Event.EventName}: {args.Arguments}");
        if (Fault is { } fault)
            throw fault;
    }
}
