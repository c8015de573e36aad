using System.Buffers.Binary;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.Http.Binding;

/// <summary>The cursors of each list.</summary>
internal static class PageCursors
{
    private const int GuidBytes = 16;
    private const int EventKeyBytes = sizeof(long) + GuidBytes;
    private const int DeadLetterIdBytes = GuidBytes + sizeof(int);

    public static string OfEvent(string filters, EventKey key)
    {
        Span<byte> bytes = stackalloc byte[EventKeyBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, key.Timestamp);
        key.Id.TryWriteBytes(bytes[sizeof(long)..], bigEndian: true, out _);
        return Cursor.Write(CursorKind.Events, filters, bytes);
    }

    public static EventKey? ReadEvent(string filters, string? cursor)
    {
        if (cursor is null)
            return null;

        var bytes = Cursor.Read(CursorKind.Events, filters, cursor, EventKeyBytes).AsSpan();
        return new EventKey(BinaryPrimitives.ReadInt64BigEndian(bytes), new Guid(bytes[sizeof(long)..], bigEndian: true));
    }

    public static string OfDeadLetter(string filters, DeadLetterId id)
    {
        Span<byte> bytes = stackalloc byte[DeadLetterIdBytes];
        id.SegmentId.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(bytes[GuidBytes..], id.Index);
        return Cursor.Write(CursorKind.DeadLetters, filters, bytes);
    }

    public static DeadLetterId? ReadDeadLetter(string filters, string? cursor)
    {
        if (cursor is null)
            return null;

        var bytes = Cursor.Read(CursorKind.DeadLetters, filters, cursor, DeadLetterIdBytes).AsSpan();
        return new DeadLetterId(new Guid(bytes[..GuidBytes], bigEndian: true), BinaryPrimitives.ReadInt32BigEndian(bytes[GuidBytes..]));
    }

    public static string OfOperation(Guid id)
    {
        Span<byte> bytes = stackalloc byte[GuidBytes];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return Cursor.Write(CursorKind.Operations, "", bytes);
    }

    public static Guid? ReadOperation(string? cursor) =>
        cursor is null ? null : new Guid(Cursor.Read(CursorKind.Operations, "", cursor, GuidBytes), bigEndian: true);
}
