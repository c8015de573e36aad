using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CsCheck;
using DurableCircuitBreaker.Protocol;

namespace DurableCircuitBreaker.Tests.Protocol;

public sealed class CausesTests
{
    [Fact]
    public void A_database_error_is_named_by_its_sqlstate() => Assert.Equal("DatabaseError: 57P01", Causes.Of(new DatabaseError("57P01")));

    [Fact]
    public void A_socket_error_is_named_by_its_code() =>
        Assert.Equal("SocketException: ConnectionRefused", Causes.Of(new SocketException((int)SocketError.ConnectionRefused)));

    [Fact]
    public void An_http_error_is_named_by_its_status() =>
        Assert.Equal("HttpRequestException: 503", Causes.Of(new HttpRequestException("secret", null, HttpStatusCode.ServiceUnavailable)));

    [Fact]
    public void The_code_of_an_inner_exception_is_found() =>
        Assert.Equal(
            "InvalidOperationException: TimedOut",
            Causes.Of(new InvalidOperationException("outer", new IOException("middle", new SocketException((int)SocketError.TimedOut)))));

    [Fact]
    public void An_error_without_a_code_is_named_by_its_message() => Assert.Equal("IOException: disk", Causes.Of(new IOException("disk")));

    [Fact]
    public void A_result_that_was_handled_has_a_word_of_its_own() => Assert.Equal("handled result", Causes.Of(null));

    [Theory]
    [InlineData("a\r\nb\tc\0d", "a  b c d")]
    [InlineData("say \"x\\y\"", "say  x y ")]
    [InlineData("line\u2028sep\u2029", "line sep ")]
    [InlineData("fire 🔥!", "fire \uFFFD\uFFFD!")]
    [InlineData("private \uE000", "private \uFFFD")]
    [InlineData("Größe 日本語 عربى <&'+>", "Größe 日本語 عربى <&'+>")]
    [InlineData("", "")]
    public void Text_becomes_one_line_that_json_writes_as_it_is(string text, string expected) => Assert.Equal(expected, Causes.Clean(text, 128));

    // No theory: an attribute cannot carry half a pair.
    [Fact]
    public void Halves_of_surrogate_pairs_are_replaced()
    {
        Assert.Equal("high \uFFFD", Causes.Clean("high \uD83D", 128));
        Assert.Equal("\uFFFD low", Causes.Clean("\uDD25 low", 128));
        Assert.Equal("\uFFFD\uFFFD", Causes.Clean("\uDD25\uD83D", 128));
    }

    [Fact]
    public void Text_is_cut_also_in_the_middle_of_a_pair()
    {
        var cut = Causes.Clean(new string('x', 127) + "🔥", 128);
        Assert.Equal(new string('x', 127) + "\uFFFD", cut);
    }

    [Fact]
    public void Whatever_the_text_a_cause_is_short_valid_and_costs_at_most_three_bytes_a_character() =>
        Gen.Char['\0', '\uFFFF'].Array[0, 300].Select(chars => new string(chars)).Sample(text =>
        {
            var cause = Causes.Clean(text, BreakerLimits.MaxCause);
            Assert.InRange(cause.Length, 0, BreakerLimits.MaxCause);
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(cause);
            var with = RecordCodec.Encode(new BreakerRecord { Reason = cause }).Length;
            var without = RecordCodec.Encode(new BreakerRecord { Reason = "" }).Length;
            Assert.InRange(with - without, cause.Length, 3 * cause.Length);
        });

    private sealed class DatabaseError(string state) : DbException("the server said no")
    {
        public override string SqlState => state;
    }
}
