namespace FunctionsMonitor.Events;

/// <summary>One object a line.</summary>
internal sealed class NdJsonScanner(IngestOptions limits, EventIntake intake) : EventScanner(limits, intake, EventFormat.NdJson)
{
    protected override int ScanChunk(ReadOnlyMemory<byte> chunk, bool isLast)
    {
        var position = 0;
        while (position < chunk.Length)
        {
            var newLine = chunk.Span[position..].IndexOf((byte)'\n');
            if (newLine < 0 && !isLast)
                return position;

            var line = newLine < 0 ? chunk[position..] : chunk.Slice(position, newLine);
            AddLine(line, position);
            position += newLine < 0 ? line.Length : newLine + 1;
        }

        return position;
    }

    private void AddLine(ReadOnlyMemory<byte> line, int offsetInChunk)
    {
        var start = SkipWhiteSpace(line.Span, 0);
        if (start == line.Length)
            return;

        // A line is whole by itself, so the parser is told that this is all there is.
        TryMeasure(line[start..], isLast: true, offsetInChunk + start, out var length, out var isObject);
        if (SkipWhiteSpace(line.Span, start + length) != line.Length)
            throw Malformed("The line holds more than one JSON value", offsetInChunk + start + length);

        Add(line.Slice(start, length), isObject, offsetInChunk + start);
    }
}
