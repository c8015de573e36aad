namespace FunctionsMonitor.Events;

/// <summary>Why one event was rejected.</summary>
/// <param name="Index">Its place in the request, from 0.</param>
/// <param name="Field">The field at fault; null when it is the event as a whole.</param>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Message">For people.</param>
public sealed record IngestError(int Index, string? Field, string Code, string Message);
