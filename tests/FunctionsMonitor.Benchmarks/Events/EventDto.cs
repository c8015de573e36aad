using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FunctionsMonitor.Benchmarks.Events;

/// <summary>An event as most programs would declare it: the rival's way.</summary>
public sealed class EventDto
{
    [JsonPropertyName("event_id")]
    public Guid? EventId { get; set; }

    [JsonPropertyName("event_type"), Required, StringLength(50, MinimumLength = 1)]
    public string? EventType { get; set; }

    [JsonPropertyName("timestamp"), Required]
    public DateTimeOffset? Timestamp { get; set; }

    [JsonPropertyName("source"), Required, StringLength(100, MinimumLength = 1)]
    public string? Source { get; set; }

    [JsonPropertyName("data"), Required]
    public JsonElement? Data { get; set; }

    [JsonPropertyName("metadata")]
    public JsonElement? Metadata { get; set; }
}

[JsonSerializable(typeof(List<EventDto>))]
internal sealed partial class EventDtoJson : JsonSerializerContext;
