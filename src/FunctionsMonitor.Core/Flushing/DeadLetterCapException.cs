namespace FunctionsMonitor.Flushing;

/// <summary>Storing the batch would take more dead letters than there is room for; nothing of it was kept.</summary>
public sealed class DeadLetterCapException(long room)
    : Exception($"The batch has more events that cannot be stored than there is room for dead letters ({room}).");
