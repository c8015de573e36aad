namespace FunctionsMonitor.Events;

/// <summary>How a body carries its events.</summary>
public enum EventFormat
{
    /// <summary>One object, or an array of objects.</summary>
    Json,

    /// <summary>One object a line; empty lines are passed over.</summary>
    NdJson,

    /// <summary>One CloudEvent 1.0, an object in its JSON format.</summary>
    CloudEvent,

    /// <summary>An array of those, possibly an empty one.</summary>
    CloudEventBatch,
}
