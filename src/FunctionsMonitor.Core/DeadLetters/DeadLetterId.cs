using System.Globalization;

namespace FunctionsMonitor.DeadLetters;

/// <summary>The key of a dead letter: the segment it came in and its place there. Written <c>{segment id}-{index}</c>.</summary>
public readonly record struct DeadLetterId(Guid SegmentId, int Index)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{SegmentId:N}-{Index}");

    public static bool TryParse(ReadOnlySpan<char> text, out DeadLetterId id)
    {
        id = default;
        if (text.Length < 34 || text[32] != '-'
            || !Guid.TryParseExact(text[..32], "N", out var segment)
            || !int.TryParse(text[33..], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return false;

        id = new(segment, index);
        return true;
    }
}
