using Azure;
using Azure.Identity;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Storage.Azure;

namespace FunctionsMonitor.Tests.Storage.Azure;

/// <summary>What the end of a write proves, and what is told of it.</summary>
public sealed class BlobErrorsTests
{
    public static TheoryData<int, string?, SegmentStoreFault> Answers => new()
    {
        { 400, "InvalidHeaderValue", SegmentStoreFault.NotWritten },
        { 401, "NoAuthenticationInformation", SegmentStoreFault.NotWritten },
        { 403, "AuthorizationFailure", SegmentStoreFault.NotWritten },
        { 403, "AuthenticationFailed", SegmentStoreFault.NotWritten },
        { 404, "ContainerNotFound", SegmentStoreFault.NotWritten },
        { 404, "ResourceNotFound", SegmentStoreFault.NotWritten },
        { 408, null, SegmentStoreFault.Unknown },
        { 409, "BlobAlreadyExists", SegmentStoreFault.Unknown },
        { 409, null, SegmentStoreFault.Unknown },
        { 409, "ContainerBeingDeleted", SegmentStoreFault.NotWritten },
        { 409, "AccountBeingCreated", SegmentStoreFault.NotWritten },
        { 411, "MissingContentLengthHeader", SegmentStoreFault.NotWritten },
        { 412, "ConditionNotMet", SegmentStoreFault.Unknown },
        { 412, "TargetConditionNotMet", SegmentStoreFault.Unknown },
        { 412, null, SegmentStoreFault.Unknown },
        { 413, "RequestBodyTooLarge", SegmentStoreFault.NotWritten },
        { 429, "TooManyRequests", SegmentStoreFault.NotWritten },
        { 500, "InternalError", SegmentStoreFault.Unknown },
        { 500, "OperationTimedOut", SegmentStoreFault.Unknown },
        { 503, "ServerBusy", SegmentStoreFault.Unknown },
        { 504, null, SegmentStoreFault.Unknown },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void An_answer_proves_that_nothing_was_written_when_it_refuses_the_request(int status, string? code, SegmentStoreFault fault) =>
        Assert.Equal(fault, BlobErrors.FaultOfWrite(new RequestFailedException(status, "said so", code, null)));

    [Theory]
    [InlineData(HttpRequestError.NameResolutionError, SegmentStoreFault.NotWritten)]
    [InlineData(HttpRequestError.ConnectionError, SegmentStoreFault.NotWritten)]
    [InlineData(HttpRequestError.SecureConnectionError, SegmentStoreFault.NotWritten)]
    [InlineData(HttpRequestError.ProxyTunnelError, SegmentStoreFault.NotWritten)]
    [InlineData(HttpRequestError.ResponseEnded, SegmentStoreFault.Unknown)]
    [InlineData(HttpRequestError.InvalidResponse, SegmentStoreFault.Unknown)]
    [InlineData(HttpRequestError.HttpProtocolError, SegmentStoreFault.Unknown)]
    [InlineData(HttpRequestError.Unknown, SegmentStoreFault.Unknown)]
    public void No_answer_proves_it_when_nothing_was_sent(HttpRequestError error, SegmentStoreFault fault) =>
        Assert.Equal(fault, BlobErrors.FaultOfWrite(new RequestFailedException("wrapped", new HttpRequestException(error, "inside"))));

    [Fact]
    public void A_timeout_and_whatever_else_prove_nothing_and_an_identity_that_cannot_sign_in_sends_nothing()
    {
        Assert.Equal(SegmentStoreFault.Unknown, BlobErrors.FaultOfWrite(new TaskCanceledException()));
        Assert.Equal(SegmentStoreFault.Unknown, BlobErrors.FaultOfWrite(new IOException()));
        Assert.Equal(SegmentStoreFault.Unknown, BlobErrors.FaultOfWrite(new RequestFailedException("no inner one")));
        Assert.Equal(SegmentStoreFault.NotWritten, BlobErrors.FaultOfWrite(new CredentialUnavailableException("no identity")));
    }

    [Fact]
    public void What_is_told_is_one_line_with_the_code_and_without_the_headers()
    {
        Assert.Equal(
            "the blob service answered 403 AuthorizationFailure",
            BlobErrors.Describe(new RequestFailedException(403, "Service request failed.\nStatus: 403\nHeaders:\nx-ms-request-id: 1", "AuthorizationFailure", null)));
        Assert.Equal("the blob service answered 504", BlobErrors.Describe(new RequestFailedException(504, "x")));
        Assert.Equal(
            "the blob service could not be reached: Connection refused (a.blob.core.windows.net:443)",
            BlobErrors.Describe(new RequestFailedException("wrapped", new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused (a.blob.core.windows.net:443)"))));
        Assert.Equal("the app's identity could not sign in: none", BlobErrors.Describe(new CredentialUnavailableException("none.\r\nTo troubleshoot, visit …")));
        Assert.Equal("the blob service did not answer in time", BlobErrors.Describe(new TaskCanceledException("long")));
    }
}
