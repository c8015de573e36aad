using System.IO.Hashing;
using System.Text.Json;
using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Http.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>All at a glance. Whoever has the last one is told in a few bytes that nothing has changed.</summary>
public sealed class SummaryEndpoints
{
    private readonly SummaryReader reader;

    internal SummaryEndpoints(SummaryReader reader) => this.reader = reader;

    /// <summary><c>GET /summary</c>.</summary>
    public async Task<IResult> GetAsync(HttpContext context)
    {
        QueryReader.ExpectNone(context);
        var summary = await reader.ReadAsync(context.RequestAborted).ConfigureAwait(false);
        var json = JsonSerializer.SerializeToUtf8Bytes(summary, HttpJson.Wire.SummaryResponse);
        return TypedResults.Bytes(json, "application/json", entityTag: new EntityTagHeaderValue($"\"{XxHash64.HashToUInt64(json):x16}\"", isWeak: true));
    }
}
