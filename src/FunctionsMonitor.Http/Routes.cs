namespace FunctionsMonitor.Http;

/// <summary>The route templates of every host, without a leading slash.</summary>
public static class Routes
{
    public const string Events = "events";
    public const string EventsStream = "events/stream";
    public const string MetricsValidation = "metrics/validation";
    public const string MetricsAdapter = "metrics/adapter";
    public const string MetricsResilience = "metrics/resilience";
    public const string MetricsLedger = "metrics/ledger";
    public const string MetricsFlush = "metrics/flush";
    public const string FlagsStatus = "flags/status";
    public const string Health = "health";
    public const string HealthLive = "health/live";
    public const string HealthReady = "health/ready";
    public const string HealthFlags = "health/flags";
    public const string Status = "status";
    public const string DeadLetters = "dead-letters";
    public const string DeadLetter = "dead-letters/{id}";
    public const string DeadLetterReplay = "dead-letters/{id}/replay";
    public const string DeadLettersReplay = "dead-letters/replay";
    public const string BreakerIsolate = "breakers/{name}/isolate";
    public const string BreakerReset = "breakers/{name}/reset";
    public const string Operations = "operations";
    public const string OpenApi = "openapi.json";
    public const string Summary = "summary";
    public const string Root = "";
    public const string Dashboard = "dashboard";
    public const string DashboardAsset = "dashboard/assets/{name}";
    public const string DashboardPlain = "dashboard/plain";

    /// <summary><see cref="Root"/> as a function must write it: there an empty route means the function's name.</summary>
    public const string RootOfFunctions = "{ignored:maxlength(0)?}";
}
