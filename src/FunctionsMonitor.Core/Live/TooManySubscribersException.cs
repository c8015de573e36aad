namespace FunctionsMonitor.Live;

/// <summary>This instance has as many subscribers as it may.</summary>
public sealed class TooManySubscribersException(int limit) : Exception(
    $"This instance has {limit} subscribers, and takes no more ({LiveOptions.Section}:{nameof(LiveOptions.MaxSubscribers)}).");
