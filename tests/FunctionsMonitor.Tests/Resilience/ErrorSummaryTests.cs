using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using FunctionsMonitor.Resilience;

namespace FunctionsMonitor.Tests.Resilience;

public sealed class ErrorSummaryTests
{
    public static TheoryData<Exception, string> Errors => new()
    {
        { new InvalidOperationException("no\r\ngood"), "InvalidOperationException: no good" },
        { new SqlStateException("57P03"), "SqlStateException: 57P03" },
        { new IOException("broken", new SocketException((int)SocketError.ConnectionRefused)), "IOException: ConnectionRefused" },
        { new HttpRequestException("late", null, HttpStatusCode.ServiceUnavailable), "HttpRequestException: 503" },
    };

    [Theory]
    [MemberData(nameof(Errors), DisableDiscoveryEnumeration = true)]
    public void It_is_the_type_and_the_code_or_else_the_message(Exception error, string summary) =>
        Assert.Equal(summary, ErrorSummary.Of(error));

    [Fact]
    public void It_is_at_most_128_characters_and_cuts_no_character_in_half()
    {
        const string Prefix = "IOException: ";
        var room = ErrorSummary.MaxLength - Prefix.Length;

        Assert.Equal(ErrorSummary.MaxLength, ErrorSummary.Of(new IOException(new string('x', 500))).Length);
        Assert.Equal(Prefix + new string('x', room - 1), ErrorSummary.Of(new IOException(new string('x', room - 1) + "😀")));
    }

    private sealed class SqlStateException(string sqlState) : DbException
    {
        public override string SqlState => sqlState;
    }
}
