using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace FunctionsMonitor.Events.CloudEvents;

/// <summary>
/// Takes a CloudEvent 1.0 in its JSON format apart into the envelope of an event, and remembers what is wrong with it as a CloudEvent.
/// <c>metadata</c> becomes an object of all its context attributes as they came. One object is used again for every event of a request.
/// </summary>
internal sealed class CloudEventParser : IDisposable
{
    private const int ScratchBytes = 512;
    private static readonly ReadOnlyMemory<byte> NoData = "{}"u8.ToArray();
    private readonly PooledBytes metadata = new(1024);
    private readonly PooledBytes data = new(256);
    private readonly PooledBytes idText = new(256);
    private readonly PooledBytes sourceText = new(256);
    private readonly PooledBytes typeText = new(256);
    private readonly byte[] shortSource = new byte[ScratchBytes];
    private readonly byte[] shortType = new byte[ScratchBytes];
    private ReadOnlyMemory<byte>? wholeId;
    private ReadOnlyMemory<byte>? wholeSource;
    private EventField base64;

    /// <summary><c>specversion</c> is 1.0.</summary>
    public bool IsVersion1 { get; private set; }

    public TextFault IdFault { get; private set; }

    public bool TypeShortened { get; private set; }

    public bool SourceShortened { get; private set; }

    /// <summary>There are both <c>data</c> and <c>data_base64</c>.</summary>
    public bool DataTwice { get; private set; }

    /// <summary><c>data_base64</c> is no base64.</summary>
    public bool DataUnreadable { get; private set; }

    /// <summary>The data was no object and stands in one now.</summary>
    public bool DataWrapped { get; private set; }

    /// <summary>Attributes whose value no attribute can have; the first of them is <see cref="FirstBadValue"/>.</summary>
    public int BadValues { get; private set; }

    public string? FirstBadValue { get; private set; }

    /// <summary>Attributes whose name is not made of lower-case letters and digits; the first of them is <see cref="FirstBadName"/>.</summary>
    public int BadNames { get; private set; }

    public string? FirstBadName { get; private set; }

    /// <param name="json">Exactly one object, well formed.</param>
    /// <param name="maxDepth">Levels of nesting.</param>
    /// <param name="into">Shows the event then, until the next one is read.</param>
    public void Parse(ReadOnlyMemory<byte> json, int maxDepth, ParsedEvent into)
    {
        Clear();
        into.Clear(json);
        into.CloudEvent = this;
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = maxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            ReadMember(ref reader, json, into);

        TakeData(into);
        metadata.Write("}"u8);
        into.Metadata = new EventField(FieldState.Present, JsonTokenType.StartObject, metadata.Written);
        if (wholeSource is { Length: > 0 } source && wholeId is { Length: > 0 } id)
            into.Id = CloudEventIdentity.Of(source.Span, id.Span);
    }

    public void Dispose()
    {
        metadata.Dispose();
        data.Dispose();
        idText.Dispose();
        sourceText.Dispose();
        typeText.Dispose();
    }

    private void Clear()
    {
        metadata.Truncate(0);
        data.Truncate(0);
        wholeId = wholeSource = null;
        base64 = default;
        IsVersion1 = TypeShortened = SourceShortened = DataTwice = DataUnreadable = DataWrapped = false;
        IdFault = TextFault.Missing;
        BadValues = BadNames = 0;
        FirstBadValue = FirstBadName = null;
    }

    private void ReadMember(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, ParsedEvent into)
    {
        var start = (int)reader.TokenStartIndex;
        var name = json.Slice(start, (int)reader.BytesConsumed - start);
        EventField value;
        if (reader.ValueTextEquals("data"u8))
        {
            into.Data = into.Take(ref reader, json, "data", into.Data);
            return;
        }

        if (reader.ValueTextEquals("data_base64"u8))
        {
            base64 = into.TakeScalar(ref reader, json, "data_base64", base64);
            DataUnreadable = base64.HasValue && !IsBase64(ref reader);
            reader.TrySkip();
            return;
        }

        if (reader.ValueTextEquals("id"u8))
        {
            value = into.EventId = into.TakeScalar(ref reader, json, "id", into.EventId);
            wholeId = ReadText(ref reader, json, idText, out var fault);
            IdFault = fault;
        }
        else if (reader.ValueTextEquals("source"u8))
        {
            value = into.Source = into.TakeScalar(ref reader, json, "source", into.Source);
            wholeSource = ReadText(ref reader, json, sourceText, out var fault);
            (into.SourceName, SourceShortened) = Fit(wholeSource, fault, EventText.MaxSourceCharacters, shortSource);
            into.SourceFault = fault;
        }
        else if (reader.ValueTextEquals("type"u8))
        {
            value = into.EventType = into.TakeScalar(ref reader, json, "type", into.EventType);
            var text = ReadText(ref reader, json, typeText, out var fault);
            (into.Type, TypeShortened) = Fit(text, fault, EventText.MaxTypeCharacters, shortType);
            into.TypeFault = fault;
        }
        else if (reader.ValueTextEquals("time"u8))
        {
            value = into.Timestamp = into.TakeScalar(ref reader, json, "time", into.Timestamp);
            into.Time = TimestampText.TryRead(ref reader, out var time, out var withoutOffset) ? time : null;
            into.TimeWithoutOffset = withoutOffset;
        }
        else if (reader.ValueTextEquals("specversion"u8))
        {
            value = into.TakeScalar(ref reader, json, "specversion", default);
            IsVersion1 = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("1.0"u8);
        }
        else
        {
            var isText = reader.ValueTextEquals("subject"u8) || reader.ValueTextEquals("datacontenttype"u8) || reader.ValueTextEquals("dataschema"u8);
            if (!isText)
                JudgeName(reader.ValueSpan);
            value = into.TakeScalar(ref reader, json, "", default);
            JudgeValue(ref reader, isText, name.Span);
        }

        reader.TrySkip();
        // An attribute that is null is not set.
        if (value.HasValue)
            Keep(name.Span, value.Json.Span);
    }

    /// <summary>The name with its quotes and whatever stands between it and the colon, and the value, as they came.</summary>
    private void Keep(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        metadata.Write(metadata.Length == 0 ? "{"u8 : ","u8);
        metadata.Write(name);
        if (name[^1] != ':')
            metadata.Write(":"u8);
        metadata.Write(value);
    }

    /// <summary>
    /// The data of an event is an object. What is none stands in one, under the name it had; so a text, an array or bytes can be told from an
    /// object, and nothing is decoded. Without data it is an empty object.
    /// </summary>
    private void TakeData(ParsedEvent into)
    {
        DataTwice = into.Data.State != FieldState.Missing && base64.HasValue;
        if (DataTwice)
            Keep("\"data_base64\""u8, base64.Json.Span);
        if (metadata.Length == 0)
            metadata.Write("{"u8);

        if (into.Data is { State: not FieldState.Missing } plain)
        {
            if (plain.Kind != JsonTokenType.StartObject)
                into.Data = Wrap("{\"data\":"u8, plain);
        }
        else
            into.Data = base64.HasValue ? Wrap("{\"data_base64\":"u8, base64) : new EventField(FieldState.Present, JsonTokenType.StartObject, NoData);
    }

    private EventField Wrap(ReadOnlySpan<byte> head, EventField value)
    {
        DataWrapped = true;
        data.Write(head);
        data.Write(value.Json.Span);
        data.Write("}"u8);
        return new EventField(value.State, JsonTokenType.StartObject, data.Written);
    }

    private void JudgeName(ReadOnlySpan<byte> name)
    {
        if (!name.IsEmpty && !name.ContainsAnyExcept(AttributeNameBytes))
            return;

        BadNames++;
        FirstBadName ??= EventText.Show(name);
    }

    private void JudgeValue(ref Utf8JsonReader reader, bool isText, ReadOnlySpan<byte> name)
    {
        var fits = reader.TokenType switch
        {
            JsonTokenType.Null => true,
            JsonTokenType.String => !isText || !reader.ValueSpan.IsEmpty,
            JsonTokenType.True or JsonTokenType.False => !isText,
            JsonTokenType.Number => !isText && reader.TryGetInt32(out _),
            _ => false,
        };
        if (fits)
            return;

        BadValues++;
        FirstBadValue ??= EventText.Show(name.Trim("\": \t\r\n"u8));
    }

    private static readonly SearchValues<byte> AttributeNameBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789"u8);

    /// <summary>The text of any length; null where there is none that can be read. It may be read and still have a fault.</summary>
    private static ReadOnlyMemory<byte>? ReadText(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, PooledBytes scratch, out TextFault fault)
    {
        fault = EventText.FaultOf(reader.TokenType);
        if (fault != TextFault.None)
            return null;

        ReadOnlyMemory<byte> text;
        if (!reader.ValueIsEscaped)
            text = json.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        else if (TryUnescape(ref reader, scratch))
            text = scratch.Written;
        else
        {
            fault = TextFault.Characters;
            return null;
        }

        fault = EventText.Judge(text.Span, int.MaxValue);
        return text;
    }

    private static bool TryUnescape(ref Utf8JsonReader reader, PooledBytes scratch)
    {
        scratch.Truncate(0);
        if (!EventText.TryUnescape(ref reader, scratch.GetSpan(reader.ValueSpan.Length), out var length))
            return false;

        scratch.Advance(length);
        return true;
    }

    private bool IsBase64(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
            return false;
        if (!reader.ValueIsEscaped)
            return Base64.IsValid(reader.ValueSpan);

        // A plus sign or a slash may be written as an escape. The room is that of the data, which is not made yet.
        var isValid = TryUnescape(ref reader, data) && Base64.IsValid(data.WrittenSpan);
        data.Truncate(0);
        return isValid;
    }

    /// <summary>
    /// A text that is too long for its column keeps its end, behind an ellipsis: the sources of one Azure subscription begin alike, and the
    /// resource's own name is last.
    /// </summary>
    private static (ReadOnlyMemory<byte>? Text, bool Shortened) Fit(ReadOnlyMemory<byte>? whole, TextFault fault, int maxCharacters, byte[] scratch)
    {
        if (fault != TextFault.None)
            return (null, false);

        var text = whole!.Value.Span;
        var skip = text.Length <= maxCharacters ? 0 : EventText.CountCharacters(text) - maxCharacters;
        if (skip <= 0)
            return (whole, false);

        // One more than is too much: the ellipsis takes a place too.
        var start = 0;
        for (var left = skip + 1; left > 0; left--)
        {
            do
                start++;
            while ((text[start] & 0xC0) == 0x80);
        }

        var ellipsis = "…"u8;
        ellipsis.CopyTo(scratch);
        text[start..].CopyTo(scratch.AsSpan(ellipsis.Length));
        return (scratch.AsMemory(0, ellipsis.Length + text.Length - start), true);
    }
}
