using System.Text;

namespace FunctionsMonitor.TestSupport.Streams;

/// <summary>Reads Server-Sent Events by the letter of the standard; every wait is bounded.</summary>
public sealed class SseReader : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly HttpResponseMessage response;
    private readonly StreamReader reader;

    private SseReader(HttpResponseMessage response, Stream body)
    {
        this.response = response;
        reader = new StreamReader(body, Encoding.UTF8);
    }

    public HttpResponseMessage Response => response;

    /// <summary>Opens a stream; it must be answered 200.</summary>
    public static async Task<SseReader> OpenAsync(HttpClient client, string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        return await OfAsync(await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience));
    }

    /// <summary>Reads an answer whose headers are there; it must be 200.</summary>
    public static async Task<SseReader> OfAsync(HttpResponseMessage response)
    {
        response.EnsureSuccessStatusCode();
        return new SseReader(response, await response.Content.ReadAsStreamAsync().WaitAsync(Patience));
    }

    /// <summary>The next event or comment; null when the server has ended the stream well.</summary>
    public async Task<SseMessage?> NextAsync()
    {
        string? id = null, name = null, retry = null;
        List<string>? data = null;
        while (await reader.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.StartsWith(':'))
                return new(null, ":", line[1..], null);

            if (line.Length == 0)
            {
                if (data is not null)
                    return new(id, name ?? "message", string.Join('\n', data), retry);
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (field, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..]);
            value = value.StartsWith(' ') ? value[1..] : value;
            switch (field)
            {
                case "id":
                    id = value;
                    break;
                case "event":
                    name = value;
                    break;
                case "retry":
                    retry = value;
                    break;
                case "data":
                    (data ??= []).Add(value);
                    break;
                default:
                    throw new InvalidDataException($"'{line}' is no field of a stream.");
            }
        }

        return null;
    }

    /// <summary>The next one of this name; what comes before it is passed over.</summary>
    public async Task<SseMessage> NextAsync(string name)
    {
        while (await NextAsync() is { } message)
        {
            if (message.Event == name)
                return message;
        }

        throw new EndOfStreamException($"The stream has ended without '{name}'.");
    }

    public void Dispose()
    {
        reader.Dispose();
        response.Dispose();
    }
}
