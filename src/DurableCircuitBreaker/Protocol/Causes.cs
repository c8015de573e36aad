using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;

namespace DurableCircuitBreaker.Protocol;

/// <summary>Names what went wrong in one short line, for the record that all instances read: the error's type and its code, or else its message.</summary>
internal static class Causes
{
    public const string HandledResult = "handled result";

    public static string Of(Exception? exception) =>
        exception is null ? HandledResult : Clean($"{exception.GetType().Name}: {CodeOf(exception) ?? exception.Message}", BreakerLimits.MaxCause);

    /// <summary>One line of at most <paramref name="maxLength"/> characters; what could not be kept in a store's text is replaced.</summary>
    public static string Clean(string text, int maxLength)
    {
        var length = Math.Min(text.Length, maxLength);
        // Half a surrogate pair is no text, and would break the JSON that it is written into.
        if (length < text.Length && char.IsHighSurrogate(text[length - 1]))
            length--;

        return string.Create(length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                var c = source[i];
                var paired = char.IsHighSurrogate(c) ? i + 1 < span.Length && char.IsLowSurrogate(source[i + 1])
                    : !char.IsLowSurrogate(c) || (i > 0 && char.IsHighSurrogate(source[i - 1]));
                span[i] = !paired ? '\uFFFD' : char.IsControl(c) || c is '"' or '\\' or '\u2028' or '\u2029' ? ' ' : c;
            }
        });
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
}
