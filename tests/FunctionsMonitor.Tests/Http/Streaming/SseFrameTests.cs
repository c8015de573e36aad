using System.Buffers;
using System.Text;
using CsCheck;
using FunctionsMonitor.Http.Streaming;

namespace FunctionsMonitor.Tests.Http.Streaming;

public sealed class SseFrameTests
{
    [Fact]
    public void A_frame_has_its_fields_and_ends_with_an_empty_line() =>
        Assert.Equal("id: 7-x\nevent: end\ndata: {}\n\n", Write("7-x", "end", "{}"));

    [Theory]
    [InlineData("a\nb", "data: a\ndata: b\n\n")]
    [InlineData("a\r\nb", "data: a\ndata: b\n\n")]
    [InlineData("a\rb", "data: a\ndata: b\n\n")]
    [InlineData("a\n\nevent: forged\n\n", "data: a\ndata: \ndata: event: forged\ndata: \ndata: \n\n")]
    [InlineData("\n\r\r\n", "data: \ndata: \ndata: \ndata: \n\n")]
    [InlineData("", "data: \n\n")]
    [InlineData("\u2028\u0085", "data: \u2028\u0085\n\n")]
    public void A_line_end_in_the_data_never_ends_the_frame(string data, string expected) => Assert.Equal(expected, Write(null, null, data));

    [Fact]
    public void No_data_can_forge_a_field() => Gen.Char["\r\n:ab \0"].Array[0, 30].Sample(characters =>
    {
        var frame = Write("1-a", null, new string(characters));
        var lines = frame.Split('\n');
        Assert.Equal(["", ""], lines[^2..]);
        Assert.Equal("id: 1-a", lines[0]);
        Assert.All(lines[1..^2], line => Assert.StartsWith("data: ", line, StringComparison.Ordinal));
        Assert.DoesNotContain('\r', frame);
    });

    private static string Write(string? id, string? name, string data)
    {
        var writer = new ArrayBufferWriter<byte>();
        SseFrame.Write(writer, id, name, Encoding.UTF8.GetBytes(data));
        return Encoding.UTF8.GetString(writer.WrittenSpan);
    }
}
