namespace FunctionsMonitor.Http.Responses;

/// <summary>When the timer flushes next: at the latest at this time, and at once when so many events wait.</summary>
/// <param name="Enabled">False while persistence is off: then never.</param>
/// <param name="DueAt">An interval after the last flush that got through; absent when that is not known, which means now.</param>
/// <param name="AtEvents">As many waiting events make it due early.</param>
public sealed record SummaryNextFlushResponse(bool Enabled, DateTimeOffset? DueAt, int AtEvents);
