namespace FunctionsMonitor.Storage;

/// <summary>The store refuses every event, so it is the store and not the events: nothing was written, nothing was given up.</summary>
internal sealed class MetricsPathException(string message, Exception? innerException = null) : Exception(message, innerException);
