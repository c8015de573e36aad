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
