using System.Net;
using Azure.Core.Pipeline;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Storage.Azure;
using FunctionsMonitor.Tests.Support;

namespace FunctionsMonitor.Tests.Storage.Azure;

/// <summary>A copy that the service only begins, which no emulator does.</summary>
public sealed class BlobQuarantineTests
{
    private const int Bytes = 5;
    private readonly SignallingTime time = new(StubTable.Date);

    [Fact]
    public async Task Nothing_is_deleted_before_its_copy_is_whole()
    {
        var service = new StubTable(() => Blob(HttpStatusCode.OK), () => Blob(HttpStatusCode.Accepted, "pending"), () => Blob(HttpStatusCode.OK, "pending"), () => Blob(HttpStatusCode.OK, "success"), () => Blob(HttpStatusCode.Accepted));
        var moving = MoveAsync(service);
        await time.TimerMade.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["HEAD", "PUT", "HEAD"], Methods(service));

        time.Advance(TimeSpan.FromMilliseconds(200));
        await moving;
        Assert.Equal(["HEAD", "PUT", "HEAD", "HEAD", "DELETE"], Methods(service));
        Assert.EndsWith("/segments/notes.txt If-Match \"v1\"", service.Requests[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("failed", Bytes)]
    [InlineData("aborted", Bytes)]
    [InlineData("success", Bytes - 1)]
    public async Task A_copy_that_is_not_whole_goes_and_the_segment_stays(string status, int bytes)
    {
        var service = new StubTable(() => Blob(HttpStatusCode.OK), () => Blob(HttpStatusCode.Accepted, "pending"), () => Blob(HttpStatusCode.OK, status, bytes), () => Blob(HttpStatusCode.Accepted));
        await Assert.ThrowsAsync<SegmentStoreException>(() => MoveAsync(service));
        Assert.Equal(["HEAD", "PUT", "HEAD", "DELETE"], Methods(service));
        Assert.EndsWith("/quarantine/notes.txt/v1", service.Requests[^1], StringComparison.Ordinal);
    }

    private static IEnumerable<string> Methods(StubTable service) => service.Requests.Select(request => request.Split(' ')[0]);

    private static HttpResponseMessage Blob(HttpStatusCode status, string? copy = null, int bytes = Bytes)
    {
        var answer = new HttpResponseMessage(status) { Content = new ByteArrayContent(new byte[bytes]) };
        answer.Content.Headers.ContentLength = bytes;
        answer.Content.Headers.LastModified = StubTable.Date;
        answer.Headers.TryAddWithoutValidation("ETag", "\"v1\"");
        if (copy is not null)
            answer.Headers.Add("x-ms-copy-status", copy);
        return answer;
    }

    private Task MoveAsync(StubTable service) =>
        new BlobSegmentStore(new() { ConnectionString = TestAccount.Connection }, time, new HttpClientTransport(service))
            .QuarantineAsync("notes.txt", "because", TestContext.Current.CancellationToken).AsTask();
}
