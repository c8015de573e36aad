using System.Diagnostics;

namespace FunctionsMonitor.Telemetry;

/// <summary>The traces of this library, beside those of the web framework and the drivers.</summary>
public static class MonitorTraces
{
    public const string SourceName = MonitorMeter.MeterName;

    internal static ActivitySource Source { get; } = new(SourceName, typeof(MonitorTraces).Assembly.GetName().Version?.ToString(3));
}
