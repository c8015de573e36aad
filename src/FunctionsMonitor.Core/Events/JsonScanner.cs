using System.Text;

namespace FunctionsMonitor.Events;

/// <summary>One object, or an array of objects; of CloudEvents, whichever of the two their format says.</summary>
internal sealed class JsonScanner(IngestOptions limits, EventIntake intake, EventFormat format = EventFormat.Json) : EventScanner(limits, intake, format)
{
    private enum Place
    {
        Start,

        /// <summary>The body is one value.</summary>
        Single,

        /// <summary>After <c>[</c>: an item, or the end.</summary>
        FirstItem,

        /// <summary>After a comma: an item.</summary>
        Item,

        /// <summary>After an item: a comma, or the end.</summary>
        Separator,

        /// <summary>After the value: only white space.</summary>
        End,
    }

    private Place place;

    /// <summary>The specification has a batch of nothing.</summary>
    protected override bool MayBeEmpty => Format == EventFormat.CloudEventBatch && place == Place.End;

    protected override int ScanChunk(ReadOnlyMemory<byte> chunk, bool isLast)
    {
        var bytes = chunk.Span;
        var position = 0;
        if (place == Place.Start && Offset == 0 && bytes.StartsWith(Encoding.UTF8.Preamble))
            position = Encoding.UTF8.Preamble.Length;

        while (true)
        {
            position = SkipWhiteSpace(bytes, position);
            if (position == bytes.Length)
            {
                if (isLast && place is not (Place.Start or Place.End))
                    throw Malformed("The body ends before its JSON does", position);
                return position;
            }

            switch (place)
            {
                case Place.Start when bytes[position] == '[' && Format == EventFormat.CloudEvent:
                    throw Malformed("One CloudEvent is an object; an array of them is application/cloudevents-batch+json", position);
                case Place.Start when bytes[position] != '[' && Format == EventFormat.CloudEventBatch:
                    throw Malformed("A batch of CloudEvents is an array; one by itself is application/cloudevents+json", position);
                case Place.Start when bytes[position] == '[':
                    place = Place.FirstItem;
                    position++;
                    break;
                case Place.Start:
                    place = Place.Single;
                    break;
                case Place.FirstItem or Place.Separator when bytes[position] == ']':
                    place = Place.End;
                    position++;
                    break;
                case Place.Separator when bytes[position] == ',':
                    place = Place.Item;
                    position++;
                    break;
                case Place.Separator:
                    throw Malformed("The body is not valid JSON: expected ',' or ']' after an event", position);
                case Place.End:
                    throw Malformed("The body is not valid JSON: something follows its end", position);
                default:
                    if (!TryMeasure(chunk[position..], isLast, position, out var length, out var isObject))
                        return position;

                    Add(chunk.Slice(position, length), isObject, position);
                    place = place == Place.Single ? Place.End : Place.Separator;
                    position += length;
                    break;
            }
        }
    }
}
