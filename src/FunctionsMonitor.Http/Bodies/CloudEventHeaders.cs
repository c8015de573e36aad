using System.Buffers;
using System.Globalization;
using System.Text;
using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Bodies;

/// <summary>The attributes of a CloudEvent in binary mode, one header each (HTTP protocol binding 1.0.2, section 3.1.3).</summary>
internal static class CloudEventHeaders
{
    public const string Prefix = "ce-";
    private static readonly string[] Required = ["ce-specversion", "ce-id", "ce-source", "ce-type"];

    /// <summary>Not attributes; the body is what they would be.</summary>
    private static readonly string[] Data = ["data", "data_base64"];

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// One of the required attributes is there. Asking for all of them would take an event that lacks one for a plain body, and say nothing of
    /// what it lacks.
    /// </summary>
    public static bool HasAny(IHeaderDictionary headers)
    {
        foreach (var name in Required)
        {
            if (headers.ContainsKey(name))
                return true;
        }

        return false;
    }

    /// <summary>Names and decoded values, in the order of the names: a proxy may change that of the headers, and a repeat must be the same bytes.</summary>
    /// <exception cref="ProblemException">400: one is there twice, cannot be decoded, or cannot be an attribute.</exception>
    public static List<(string Name, string Value)> Read(IHeaderDictionary headers)
    {
        var attributes = new List<(string Name, string Value)>();
        foreach (var (header, values) in headers)
        {
            if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                continue;

            var name = header[Prefix.Length..].ToLowerInvariant();
            if (Data.Contains(name))
                throw ProblemException.InvalidParameter(header, $"{QueryReader.Shorten(header)} is no attribute; the data is the body.");
            if (values.Count != 1)
                throw ProblemException.InvalidParameter(header, $"{QueryReader.Shorten(header)} is there {values.Count} times; once is understood.");

            attributes.Add((name, Decode(values[0]!) ?? throw ProblemException.InvalidParameter(
                header, $"{QueryReader.Shorten(header)} must be text, bare or in double quotes, with percent-encoded UTF-8.")));
        }

        attributes.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        return attributes;
    }

    /// <returns>Null when it cannot be decoded.</returns>
    private static string? Decode(string value)
    {
        var text = value.StartsWith('"') ? Unquote(value) : value;
        if (text is null || !text.Contains('%', StringComparison.Ordinal))
            return text;

        var bytes = new ArrayBufferWriter<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            // A percent sign that begins no code stands for itself: senders of older versions write it so.
            if (text[i] == '%' && i + 2 < text.Length
                && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                bytes.Write([code]);
                i += 2;
                continue;
            }

            var length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
            bytes.Advance(Encoding.UTF8.GetBytes(text.AsSpan(i, length), bytes.GetSpan(4)));
            i += length - 1;
        }

        try
        {
            return Strict.GetString(bytes.WrittenSpan);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <returns>Null when it is not one whole quoted string (RFC 7230, section 3.2.6).</returns>
    private static string? Unquote(string value)
    {
        var text = new StringBuilder(value.Length);
        for (var i = 1; i < value.Length; i++)
        {
            if (value[i] == '"')
                return i == value.Length - 1 ? text.ToString() : null;
            if (value[i] == '\\' && ++i == value.Length)
                return null;

            text.Append(value[i]);
        }

        return null;
    }
}
