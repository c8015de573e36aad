using System.Buffers;
using System.Text;

namespace FunctionsMonitor.Http.Streaming;

/// <summary>Writes the pieces of a <c>text/event-stream</c>.</summary>
internal static class SseFrame
{
    public const string ContentType = "text/event-stream";

    /// <summary>A line that clients pass over.</summary>
    public static ReadOnlySpan<byte> Heartbeat => ": still here\n\n"u8;

    /// <param name="writer">Where to.</param>
    /// <param name="id">The client's place from here on; null leaves it where it was.</param>
    /// <param name="name">The kind of event; null is <c>message</c>.</param>
    /// <param name="data">
    /// UTF-8. JSON may have line ends between its tokens, as its sender wrote it, and each would end the field: every line gets a field of its own,
    /// and the client puts them together again.
    /// </param>
    public static void Write(IBufferWriter<byte> writer, string? id, string? name, ReadOnlySpan<byte> data)
    {
        if (id is not null)
            Field(writer, "id: "u8, Encoding.UTF8.GetBytes(id));
        if (name is not null)
            Field(writer, "event: "u8, Encoding.UTF8.GetBytes(name));

        int end;
        while ((end = data.IndexOfAny((byte)'\r', (byte)'\n')) >= 0)
        {
            Field(writer, "data: "u8, data[..end]);
            var both = data[end] == '\r' && end + 1 < data.Length && data[end + 1] == '\n';
            data = data[(end + (both ? 2 : 1))..];
        }

        Field(writer, "data: "u8, data);
        writer.Write("\n"u8);
    }

    /// <summary>How long a client should wait before it comes back.</summary>
    public static void WriteRetry(IBufferWriter<byte> writer, TimeSpan delay) =>
        Field(writer, "retry: "u8, Encoding.UTF8.GetBytes(((long)delay.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private static void Field(IBufferWriter<byte> writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        writer.Write(name);
        writer.Write(value);
        writer.Write("\n"u8);
    }
}
