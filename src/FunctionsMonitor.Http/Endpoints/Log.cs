using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>Event ids 2000 to 2099.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Error, "{Method} {Path} failed unexpectedly. The client was given the trace id {TraceId}.")]
    public static partial void Unexpected(ILogger logger, Exception exception, string method, PathString path, string traceId);
}
