using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Idempotency;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Bodies;

/// <summary>The headers of requests that must not be done twice.</summary>
internal static class IdempotencyHeaders
{
    public const string Key = "Idempotency-Key";

    /// <summary>On an answer that an earlier request got.</summary>
    public const string Replayed = "Idempotent-Replayed";

    /// <returns>Null when the request has none.</returns>
    /// <exception cref="ProblemException">400: it has one that is no key.</exception>
    public static IdempotencyKey? Read(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(Key, out var values))
            return null;
        if (values.Count == 1 && IdempotencyKey.TryParse(values[0]!, out var key))
            return key;

        throw ProblemException.InvalidParameter(
            Key, $"{Key} must be there once, with 1 to {IdempotencyKey.MaxLength} visible ASCII characters, bare or as a quoted string.");
    }
}
