using System.Text.Json;

namespace FunctionsMonitor.TestSupport.Streams;

/// <summary>One event of a stream, as a client gets it; a comment has the name <c>:</c>.</summary>
public sealed record SseMessage(string? Id, string Event, string Data, string? Retry)
{
    public JsonElement Json => JsonElement.Parse(Data);
}
