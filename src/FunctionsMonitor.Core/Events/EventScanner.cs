using System.Text.Json;
using System.Text.Unicode;

namespace FunctionsMonitor.Events;

/// <summary>Finds the items of a body in the chunks it arrives in.</summary>
internal abstract class EventScanner(IngestOptions limits, EventIntake intake, EventFormat format)
{
    private int index;

    /// <summary>Bytes of the body that have been let go.</summary>
    public long Offset { get; private set; }

    protected EventFormat Format { get; } = format;

    /// <summary>A body without an event is whole, as it stands.</summary>
    protected virtual bool MayBeEmpty => false;

    /// <summary>Takes in what is complete in the chunk and says how many bytes that was; with <paramref name="isLast"/> everything must be.</summary>
    public int Scan(ReadOnlyMemory<byte> chunk, bool isLast)
    {
        var consumed = ScanChunk(chunk, isLast);
        Offset += consumed;
        if (isLast && index == 0 && !MayBeEmpty)
            throw new EventBodyException(EventBodyFault.Empty, "The body holds no event.");

        return consumed;
    }

    protected abstract int ScanChunk(ReadOnlyMemory<byte> chunk, bool isLast);

    /// <summary>
    /// Finds the end of the JSON value at the start of <paramref name="bytes"/>; false when it is not all there yet.
    /// </summary>
    protected bool TryMeasure(ReadOnlyMemory<byte> bytes, bool isLast, int offsetInChunk, out int length, out bool isObject)
    {
        length = 0;
        isObject = false;
        var reader = new Utf8JsonReader(bytes.Span, isLast, new JsonReaderState(new JsonReaderOptions { MaxDepth = limits.MaxDepth + 1 }));
        try
        {
            if (!reader.Read())
                return false;

            isObject = reader.TokenType == JsonTokenType.StartObject;
            while (reader.CurrentDepth > 0 || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= limits.MaxDepth)
                    throw new EventBodyException(
                        EventBodyFault.TooDeep, $"Event {index} is nested deeper than {limits.MaxDepth} levels.", index, Offset + offsetInChunk);
                if (!reader.Read())
                    return false;
            }
        }
        catch (JsonException exception)
        {
            throw Malformed(exception, offsetInChunk + reader.BytesConsumed);
        }

        length = (int)reader.BytesConsumed;
        return true;
    }

    protected void Add(ReadOnlyMemory<byte> json, bool isObject, int offsetInChunk)
    {
        if (index >= limits.MaxEvents)
            throw new EventBodyException(EventBodyFault.TooManyEvents, $"The body holds more than {limits.MaxEvents} events.");
        if (!Utf8.IsValid(json.Span))
            throw new EventBodyException(EventBodyFault.InvalidUtf8, $"Event {index} is not valid UTF-8.", index, Offset + offsetInChunk);

        if (!isObject)
            intake.Reject(index, "not_an_object", "An event must be a JSON object.");
        else if (json.Length > limits.MaxEventBytes)
            intake.Reject(index, "event_too_large", $"The event has {json.Length} bytes; at most {limits.MaxEventBytes} are accepted.");
        else if (Format is EventFormat.CloudEvent or EventFormat.CloudEventBatch)
            intake.AddCloudEvent(json, index);
        else
            intake.Add(json, index);
        index++;
    }

    protected EventBodyException Malformed(string what, long offsetInChunk) =>
        new(EventBodyFault.Malformed, $"{what} (event {index}, byte {Offset + offsetInChunk} of the body).", index, Offset + offsetInChunk);

    private EventBodyException Malformed(JsonException exception, long offsetInChunk)
    {
        // The parser's message ends in its own line and byte, which count from the start of this item and would mislead.
        var message = exception.Message;
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return new(
            EventBodyFault.Malformed,
            $"The body is not valid JSON: {(end < 0 ? message : message[..end]).TrimEnd('.')} (event {index}, byte {Offset + offsetInChunk} of the body).",
            index,
            Offset + offsetInChunk,
            exception);
    }

    protected static int SkipWhiteSpace(ReadOnlySpan<byte> bytes, int position)
    {
        var next = bytes[position..].IndexOfAnyExcept(" \t\r\n"u8);
        return next < 0 ? bytes.Length : position + next;
    }
}
