using System.Net;
using System.Text;
using System.Text.Json;

namespace FunctionsMonitor.HostContract;

/// <summary>What came back, whole.</summary>
public sealed class HostAnswer
{
    private readonly HttpResponseMessage response;

    private HostAnswer(HostRun run, HttpResponseMessage response, byte[] body)
    {
        Run = run;
        this.response = response;
        Body = body;
    }

    public HostRun Run { get; }

    public int Status => (int)response.StatusCode;

    public byte[] Body { get; }

    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonElement.Parse(Body);

    public string? ContentType => response.Content.Headers.ContentType?.MediaType;

    public static async Task<HostAnswer> ReadAsync(HostRun run, HttpResponseMessage response) =>
        new(run, response, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));

    /// <returns>All values in one text; null when there is no such header.</returns>
    public string? Header(string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    /// <param name="path">Members and places in arrays, such as <c>items.0.event_id</c>.</param>
    /// <returns>The text of a string, else JSON; null when it is not there.</returns>
    public string? Find(string path)
    {
        var found = Json;
        foreach (var part in path.Split('.'))
        {
            if (found.ValueKind == JsonValueKind.Array && int.TryParse(part, out var index) && index < found.GetArrayLength())
                found = found[index];
            else if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(part, out found))
                return null;
        }

        return found.ValueKind == JsonValueKind.String ? found.GetString() : found.GetRawText();
    }

    /// <summary>For a failure: all that is needed to see what happened.</summary>
    public override string ToString()
    {
        const int Shown = 1500;
        var text = Text;
        return $"{Status} {(HttpStatusCode)Status}, {ContentType}: {(text.Length <= Shown ? text : text[..Shown] + "…")}";
    }
}
