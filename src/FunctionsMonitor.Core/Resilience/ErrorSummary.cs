using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;

namespace FunctionsMonitor.Resilience;

/// <summary>Names an error in one short line: its type and code. Only an error without a code is named by its message.</summary>
internal static class ErrorSummary
{
    /// <summary>Characters; what a breaker's record can hold fifty times and still fit its store.</summary>
    public const int MaxLength = 128;

    public static string Of(Exception exception)
    {
        var detail = CodeOf(exception) ?? exception.Message.ReplaceLineEndings(" ");
        return Shorten($"{exception.GetType().Name}: {detail}");
    }

    /// <summary>The first line of its message, to stand in a sentence: a service's client puts its whole answer below that, headers and all.</summary>
    public static string FirstLineOf(Exception exception) => exception.Message.Split('\n', 2)[0].TrimEnd('\r', '.', ' ');

    // A client library wraps what happened: the code is often an inner exception's.
    private static string? CodeOf(Exception exception)
    {
        for (var current = exception; current is not null; current = current.InnerException)
        {
            var code = current switch
            {
                DbException { SqlState: { Length: > 0 } state } => state,
                SocketException socket => socket.SocketErrorCode.ToString(),
                HttpRequestException { StatusCode: { } status } => ((int)status).ToString(CultureInfo.InvariantCulture),
                _ => null,
            };
            if (code is not null)
                return code;
        }

        return null;
    }

    private static string Shorten(string text)
    {
        if (text.Length <= MaxLength)
            return text;

        // Half a surrogate pair is not valid UTF-8 and would break the JSON it is written into.
        var end = char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength;
        return text[..end];
    }
}
