using Polly;
using Polly.Telemetry;

namespace DurableCircuitBreaker;

/// <summary>Names of telemetry events. The first three are those of Polly's own breaker, so that what is built on them goes on working.</summary>
internal static class BreakerTelemetry
{
    public const string Opened = "OnCircuitOpened";
    public const string Closed = "OnCircuitClosed";
    public const string HalfOpened = "OnCircuitHalfOpened";
    public const string StoreUnavailable = "OnBreakerStoreUnavailable";
    public const string CallbackFailed = "OnBreakerCallbackFailed";
    public const string WouldReject = "OnDryRunWouldReject";

    /// <summary>Reports something that belongs to no call.</summary>
    public static void ReportAlone<TArgs>(this ResilienceStrategyTelemetry telemetry, ResilienceEventSeverity severity, string name, TArgs args)
    {
        var context = ResilienceContextPool.Shared.Get();
        telemetry.Report(new(severity, name), context, args);
        ResilienceContextPool.Shared.Return(context);
    }
}
