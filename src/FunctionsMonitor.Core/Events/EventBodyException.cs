namespace FunctionsMonitor.Events;

/// <summary>A body that cannot be read as events. Nothing of it was kept.</summary>
/// <param name="fault">What is wrong with it.</param>
/// <param name="message">For the client: what was found and where.</param>
/// <param name="index">The event it happened in, from 0; null when it is not about one.</param>
/// <param name="offset">Bytes from the start of the (decompressed) body; null when that says nothing.</param>
/// <param name="innerException">The parser's own.</param>
public sealed class EventBodyException(EventBodyFault fault, string message, int? index = null, long? offset = null, Exception? innerException = null)
    : Exception(message, innerException)
{
    public EventBodyFault Fault { get; } = fault;

    public int? Index { get; } = index;

    public long? Offset { get; } = offset;
}
