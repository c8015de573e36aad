using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Encodings.Web;

namespace DurableCircuitBreaker.Protocol;

/// <summary>Names what went wrong in one short line, for the record that all instances read: the error's type and its code, or else its message.</summary>
internal static class Causes
{
    public const string HandledResult = "handled result";

    public static string Of(Exception? exception) =>
        exception is null ? HandledResult : Clean($"{exception.GetType().Name}: {CodeOf(exception) ?? exception.Message}", BreakerLimits.MaxCause);

    /// <summary>
    /// One line of at most <paramref name="maxLength"/> characters. What JSON would write as six characters each (controls, quotes, everything
    /// outside the basic plane, halves of surrogate pairs) is replaced: the size of a record must follow from the lengths of its texts.
    /// </summary>
    public static string Clean(string text, int maxLength) => string.Create(Math.Min(text.Length, maxLength), text, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            var c = source[i];
            span[i] = !char.IsSurrogate(c) && !JavaScriptEncoder.UnsafeRelaxedJsonEscaping.WillEncode(c) ? c
                : char.IsControl(c) || c is '"' or '\\' or '\u2028' or '\u2029' ? ' ' : '\uFFFD';
        }
    });

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
