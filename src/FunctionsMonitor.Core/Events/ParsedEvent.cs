using System.Text.Json;
using FunctionsMonitor.Events.CloudEvents;

namespace FunctionsMonitor.Events;

/// <summary>
/// The envelope of one event, taken apart and not yet judged. One object is used again for every event of a request: rules must not
/// keep it, nor the memory it shows.
/// </summary>
public sealed class ParsedEvent
{
    private const int ScratchBytes = 512;
    private readonly List<(string Name, ReadOnlyMemory<byte> Json)> unknown = [];
    private readonly List<(string Name, ReadOnlyMemory<byte> Json)> repeated = [];
    private readonly byte[] typeScratch = new byte[ScratchBytes];
    private readonly byte[] sourceScratch = new byte[ScratchBytes];

    /// <summary>The whole object as it was received.</summary>
    public ReadOnlyMemory<byte> Json { get; internal set; }

    public EventField EventId { get; internal set; }

    public EventField EventType { get; internal set; }

    public EventField Timestamp { get; internal set; }

    public EventField Source { get; internal set; }

    public EventField Data { get; internal set; }

    public EventField Metadata { get; internal set; }

    /// <summary>Fields that an event does not have, with their JSON.</summary>
    public IReadOnlyList<(string Name, ReadOnlyMemory<byte> Json)> Unknown => unknown;

    /// <summary>Earlier values of fields that were given more than once.</summary>
    public IReadOnlyList<(string Name, ReadOnlyMemory<byte> Json)> Repeated => repeated;

    /// <summary>The id; null when there is none that can be used.</summary>
    public Guid? Id { get; internal set; }

    /// <summary>Microseconds since the Unix epoch; null when there is none that can be read.</summary>
    public long? Time { get; internal set; }

    /// <summary>The timestamp had no offset and was taken as UTC.</summary>
    public bool TimeWithoutOffset { get; internal set; }

    /// <summary>Unescaped UTF-8; null when it is not a text that can be kept (see <see cref="TypeFault"/>).</summary>
    public ReadOnlyMemory<byte>? Type { get; internal set; }

    /// <summary>What keeps the type from being used.</summary>
    public TextFault TypeFault { get; internal set; }

    /// <summary>Unescaped UTF-8; null when it is not a text that can be kept (see <see cref="SourceFault"/>).</summary>
    public ReadOnlyMemory<byte>? SourceName { get; internal set; }

    public TextFault SourceFault { get; internal set; }

    /// <summary>What was found in it beside an event's own fields; null of an event that was sent as one.</summary>
    internal CloudEventParser? CloudEvent { get; set; }

    /// <summary>Takes one JSON object apart.</summary>
    /// <param name="json">Exactly one object, well formed.</param>
    /// <param name="maxDepth">Levels of nesting.</param>
    internal void Parse(ReadOnlyMemory<byte> json, int maxDepth)
    {
        Clear(json);
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = maxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            ReadField(ref reader, json);
    }

    /// <summary>Forgets the event before.</summary>
    internal void Clear(ReadOnlyMemory<byte> json)
    {
        Json = json;
        CloudEvent = null;
        EventId = EventType = Timestamp = Source = Data = Metadata = default;
        unknown.Clear();
        repeated.Clear();
        Id = null;
        Time = null;
        TimeWithoutOffset = false;
        Type = SourceName = null;
        TypeFault = SourceFault = TextFault.Missing;
    }

    private void ReadField(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        if (reader.ValueTextEquals("event_type"u8))
        {
            EventType = TakeScalar(ref reader, json, "event_type", EventType);
            Type = EventText.Read(ref reader, json, typeScratch, EventText.MaxTypeCharacters, out var fault);
            TypeFault = fault;
        }
        else if (reader.ValueTextEquals("timestamp"u8))
        {
            Timestamp = TakeScalar(ref reader, json, "timestamp", Timestamp);
            Time = TimestampText.TryRead(ref reader, out var time, out var withoutOffset) ? time : null;
            TimeWithoutOffset = withoutOffset;
        }
        else if (reader.ValueTextEquals("source"u8))
        {
            Source = TakeScalar(ref reader, json, "source", Source);
            SourceName = EventText.Read(ref reader, json, sourceScratch, EventText.MaxSourceCharacters, out var fault);
            SourceFault = fault;
        }
        else if (reader.ValueTextEquals("event_id"u8))
        {
            EventId = TakeScalar(ref reader, json, "event_id", EventId);
            Id = reader.TokenType == JsonTokenType.String && reader.TryGetGuid(out var id) && id != Guid.Empty ? id : null;
        }
        else if (reader.ValueTextEquals("data"u8))
            Data = Take(ref reader, json, "data", Data);
        else if (reader.ValueTextEquals("metadata"u8))
            Metadata = Take(ref reader, json, "metadata", Metadata);
        else
        {
            var name = EventText.Show(reader.ValueSpan);
            unknown.Add((name, Take(ref reader, json, name, default).Json));
            return;
        }

        reader.TrySkip();
    }

    /// <summary>The whole next value; the reader stays on its first token, for the caller to read it as text.</summary>
    internal EventField TakeScalar(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, string name, EventField before)
    {
        var ahead = reader;
        var field = Take(ref ahead, json, name, before);
        reader.Read();
        return field;
    }

    /// <summary>The whole next value; the reader is at its end then.</summary>
    internal EventField Take(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, string name, EventField before)
    {
        if (before.State != FieldState.Missing)
            repeated.Add((name, before.Json));

        reader.Read();
        var start = (int)reader.TokenStartIndex;
        var kind = reader.TokenType;
        reader.TrySkip();
        return new EventField(
            before.State == FieldState.Missing ? FieldState.Present : FieldState.Repeated, kind, json[start..(int)reader.BytesConsumed]);
    }
}
