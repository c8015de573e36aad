using System.IO.Hashing;
using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>The description of this API, made when the program was built and kept beside it.</summary>
public sealed class OpenApiEndpoints
{
    public const string FileName = "openapi.json";
    private readonly string path;
    private volatile Document? document;

    public OpenApiEndpoints()
        : this(AppContext.BaseDirectory)
    {
    }

    internal OpenApiEndpoints(string folder) => path = Path.Combine(folder, FileName);

    /// <summary><c>GET /openapi.json</c>.</summary>
    public async Task<IResult> GetAsync(HttpContext context)
    {
        QueryReader.ExpectNone(context);
        if (document is null)
        {
            if (!File.Exists(path))
                return ProblemResult.Of(ProblemTypes.NotFound, $"{FileName} is not beside the program; a build of the local host makes it.");

            var bytes = await File.ReadAllBytesAsync(path, context.RequestAborted).ConfigureAwait(false);
            document = new Document(bytes, new EntityTagHeaderValue($"\"{XxHash64.HashToUInt64(bytes):x16}\""));
        }

        return TypedResults.Bytes(document.Bytes, "application/json", entityTag: document.Tag);
    }

    private sealed record Document(byte[] Bytes, EntityTagHeaderValue Tag);
}
