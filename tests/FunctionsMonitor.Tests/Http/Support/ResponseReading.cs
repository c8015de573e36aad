using System.Net;
using System.Text.Json;
using FunctionsMonitor.Http.Problems;

namespace FunctionsMonitor.Tests.Http.Support;

/// <summary>Reads answers, and fails where one is not in the form that every answer of its kind has.</summary>
internal static class ResponseReading
{
    private static readonly string[] Insides = ["   at ", ".cs:line", "StackTrace", "System.", "Microsoft.", "FunctionsMonitor."];

    /// <summary>JSON with this status, never to be cached or guessed at, every member in snake_case.</summary>
    public static async Task<JsonElement> ReadJsonAsync(this HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode} instead of {(int)status}: {text}");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        var json = JsonElement.Parse(text);
        AssertSnakeCase(json);
        return json;
    }

    /// <summary>RFC 9457 of this type, in words for a person and without a word about the insides.</summary>
    public static async Task<JsonElement> ReadProblemAsync(this HttpResponseMessage response, ProblemType type)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(type.Status == (int)response.StatusCode, $"{(int)response.StatusCode} instead of {type.Status}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        var json = JsonElement.Parse(text);
        Assert.Equal("urn:functionsmonitor:problem:" + type.Code, json.Text("type"));
        Assert.Equal((type.Title, type.Status), (json.Text("title"), json.GetProperty("status").GetInt32()));
        Assert.NotEmpty(json.Text("detail")!);
        Assert.All(Insides, inside => Assert.DoesNotContain(inside, text, StringComparison.Ordinal));
        AssertSnakeCase(json);
        return json;
    }

    /// <summary>A problem that ends by itself, so that it says when to come again.</summary>
    public static Task<JsonElement> ReadRetryableAsync(this HttpResponseMessage response, ProblemType type)
    {
        Assert.True(response.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1), $"{(int)response.StatusCode} has no Retry-After.");
        return response.ReadProblemAsync(type);
    }

    /// <summary>The text of a member; null when it is not there.</summary>
    public static string? Text(this JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.ToString() : null;

    /// <summary>The number of a member.</summary>
    public static long Number(this JsonElement json, string name) => json.GetProperty(name).GetInt64();

    public static JsonElement[] Items(this JsonElement json, string name = "items") => [.. json.GetProperty(name).EnumerateArray()];

    public static string[] Members(this JsonElement json) => [.. json.EnumerateObject().Select(member => member.Name)];

    private static void AssertSnakeCase(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Array)
            Assert.All(json.EnumerateArray(), AssertSnakeCase);
        if (json.ValueKind != JsonValueKind.Object)
            return;

        foreach (var member in json.EnumerateObject())
        {
            // What a client sent is the client's, and its reasons are keys and no members.
            if (member.Name is "data" or "metadata" or "issues" or "by_reason")
                continue;

            Assert.Equal(JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name), member.Name);
            AssertSnakeCase(member.Value);
        }
    }
}
