using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>Makes results of what <see cref="Json.HttpJson"/> can write.</summary>
internal static class Answer
{
    public static IResult Json<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        TypedResults.Json(value, type, statusCode: status);
}
