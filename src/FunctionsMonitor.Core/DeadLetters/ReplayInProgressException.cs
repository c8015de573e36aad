namespace FunctionsMonitor.DeadLetters;

/// <summary>What was asked for is being replayed already.</summary>
public sealed class ReplayInProgressException(string what) : Exception($"{what} is being replayed now.");
