using System.Net;
using Azure;
using Azure.Identity;
using Azure.Storage.Blobs.Models;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Resilience;

namespace FunctionsMonitor.Storage.Azure;

/// <summary>What an exception of the client library says about the blob service, and what may be told of it.</summary>
internal static class BlobErrors
{
    /// <summary>There already is one. Azure says 409 or 412, Azurite 409.</summary>
    public static bool IsTaken(RequestFailedException exception) =>
        exception.Status is (int)HttpStatusCode.Conflict or (int)HttpStatusCode.PreconditionFailed
        && (exception.ErrorCode is null || exception.ErrorCode == BlobErrorCode.BlobAlreadyExists || exception.ErrorCode == BlobErrorCode.ConditionNotMet
            || exception.ErrorCode == BlobErrorCode.TargetConditionNotMet);

    /// <summary>No such blob, or no such container.</summary>
    public static bool IsAbsent(RequestFailedException exception) => exception.Status == (int)HttpStatusCode.NotFound;

    /// <summary>
    /// Whether a write that ended so has certainly left nothing: it was never sent, or the service refused it. A conflict may be with our own
    /// bytes; after a server's error or a timeout, or when the connection ended, nobody knows.
    /// </summary>
    public static SegmentStoreFault FaultOfWrite(Exception exception) => exception switch
    {
        RequestFailedException { Status: (int)HttpStatusCode.RequestTimeout } => SegmentStoreFault.Unknown,
        RequestFailedException failed when IsTaken(failed) => SegmentStoreFault.Unknown,
        RequestFailedException { Status: >= 400 and < 500 } => SegmentStoreFault.NotWritten,
        RequestFailedException
        {
            InnerException: HttpRequestException
            {
                HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError
                or HttpRequestError.ProxyTunnelError
            }
        }
        => SegmentStoreFault.NotWritten,
        AuthenticationFailedException => SegmentStoreFault.NotWritten,
        _ => SegmentStoreFault.Unknown,
    };

    /// <summary>One line without headers or addresses with signatures, fit for health and problem details.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        RequestFailedException { Status: > 0 } failed => $"the blob service answered {failed.Status} {failed.ErrorCode}".TrimEnd(),
        RequestFailedException { InnerException: { } inner } => $"the blob service could not be reached: {ErrorSummary.FirstLineOf(inner)}",
        AuthenticationFailedException => $"the app's identity could not sign in: {ErrorSummary.FirstLineOf(exception)}",
        OperationCanceledException => "the blob service did not answer in time",
        _ => ErrorSummary.FirstLineOf(exception),
    };
}
