using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using FunctionsMonitor.Events;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Bodies;

/// <summary>
/// Writes a CloudEvent in binary mode (attributes in headers, data as the body) as the same event in structured mode, so that from here on there
/// is one way for both. JSON stays JSON, text becomes a text, and whatever else it is becomes <c>data_base64</c>.
/// </summary>
internal static class BinaryCloudEvent
{
    private const string ContentType = "datacontenttype";
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="request">Its headers.</param>
    /// <param name="body">Decompressed; read to its end.</param>
    /// <param name="limits">What it may carry.</param>
    /// <param name="cancellationToken">The caller has left.</param>
    /// <exception cref="EventBodyException">JSON that is none, or over a limit.</exception>
    /// <exception cref="Problems.ProblemException">400 for a header that cannot be an attribute, 415 for JSON in another charset.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, PipeReader body, IngestOptions limits, CancellationToken cancellationToken)
    {
        var attributes = CloudEventHeaders.Read(request.Headers);
        var kind = ContentTypes.DataKindOf(request.ContentType);
        while (true)
        {
            var result = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (result.IsCanceled)
                throw new OperationCanceledException(cancellationToken);

            if (result.Buffer.Length > limits.MaxBodyBytes)
            {
                body.AdvanceTo(result.Buffer.End);
                throw new EventBodyException(EventBodyFault.TooLarge, $"The body has more than {limits.MaxBodyBytes} bytes.");
            }

            if (!result.IsCompleted)
            {
                body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                continue;
            }

            try
            {
                return Write(attributes, request.ContentType, kind, result.Buffer.IsSingleSegment ? result.Buffer.First : result.Buffer.ToArray(), limits);
            }
            finally
            {
                body.AdvanceTo(result.Buffer.End);
            }
        }
    }

    private static ReadOnlyMemory<byte> Write(
        List<(string Name, string Value)> attributes, string? contentType, DataKind kind, ReadOnlyMemory<byte> data, IngestOptions limits)
    {
        var json = new ArrayBufferWriter<byte>(512 + data.Length);
        using var writer = new Utf8JsonWriter(json, Writing);
        writer.WriteStartObject();
        foreach (var (name, value) in attributes)
            writer.WriteString(name, value);
        if (!string.IsNullOrEmpty(contentType))
            writer.WriteString(ContentType, contentType);
        if (!data.IsEmpty)
            WriteData(writer, kind, data.Span, limits);
        writer.WriteEndObject();
        writer.Flush();
        return json.WrittenMemory;
    }

    private static void WriteData(Utf8JsonWriter writer, DataKind kind, ReadOnlySpan<byte> data, IngestOptions limits)
    {
        if (kind == DataKind.Json)
        {
            var value = data.StartsWith(Encoding.UTF8.Preamble) ? data[Encoding.UTF8.Preamble.Length..] : data;
            EnsureOneValue(value, limits);
            writer.WritePropertyName("data"u8);
            writer.WriteRawValue(value, skipInputValidation: true);
        }
        else if (kind == DataKind.Text && Utf8.IsValid(data))
            writer.WriteString("data"u8, data);
        else
            writer.WriteBase64String("data_base64"u8, data);
    }

    /// <summary>Else the body could go on where its value ends, with attributes of its own. Whether it is UTF-8 is asked of the whole event.</summary>
    private static void EnsureOneValue(ReadOnlySpan<byte> json, IngestOptions limits)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = limits.MaxDepth + 1 });
        try
        {
            while (reader.Read())
            {
                // The event's own object is the first level.
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= limits.MaxDepth - 1)
                    throw new EventBodyException(EventBodyFault.TooDeep, $"Event 0 is nested deeper than {limits.MaxDepth} levels.", 0, reader.TokenStartIndex);
            }
        }
        catch (JsonException exception)
        {
            throw new EventBodyException(
                EventBodyFault.Malformed, $"The data is not the JSON that its content type says (byte {reader.BytesConsumed} of the body).", 0, reader.BytesConsumed, exception);
        }
    }
}
