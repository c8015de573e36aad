using System.Net;
using Azure;
using Azure.Core.Pipeline;
using FunctionsMonitor.Storage.Azure;
using static FunctionsMonitor.Tests.Storage.Azure.StubTable;

namespace FunctionsMonitor.Tests.Storage.Azure;

/// <summary>What a real table answers seldom. Everything that a store cannot know must be an exception, and no request may be made twice.</summary>
public sealed class AzureTableFaultTests
{
    private const string Tag = "W/\"datetime'2026-11-24T11%3A59%3A59.1234567Z'\"";
    private const string Entity = "/functionsmonitor(PartitionKey='breaker',RowKey='orders')";

    public static TheoryData<int, string> Faults => new()
    {
        { 400, "InvalidInput" },
        { 403, "AuthorizationFailure" },
        { 409, "TableBeingDeleted" },
        { 413, "RequestBodyTooLarge" },
        { 429, "TooManyRequests" },
        { 500, "InternalError" },
        { 503, "ServerBusy" },
        { 504, "OperationTimedOut" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_is_an_exception_after_one_request(int status, string code)
    {
        foreach (var call in new Func<AzureTableBreakerStateStore, Task>[] { ReadAsync, CreateAsync, ReplaceAsync, ListAsync })
        {
            var table = new StubTable(() => Answer((HttpStatusCode)status, code));
            var exception = await Assert.ThrowsAsync<RequestFailedException>(() => call(Store(table)));
            Assert.Equal(status, exception.Status);
            Assert.Single(table.Requests);
        }
    }

    [Fact]
    public async Task A_connection_that_breaks_is_an_exception_after_one_request()
    {
        foreach (var call in new Func<AzureTableBreakerStateStore, Task>[] { ReadAsync, CreateAsync, ReplaceAsync, ListAsync })
        {
            var table = new StubTable(() => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused"));
            await Assert.ThrowsAnyAsync<Exception>(() => call(Store(table)));
            Assert.Single(table.Requests);
        }
    }

    [Fact]
    public async Task An_answer_that_does_not_come_is_not_waited_for_longer_than_the_network_timeout()
    {
        var options = new AzureTableOptions { ConnectionString = Connection(), NetworkTimeout = AzureAccountOptions.MinTimeout };
        using var silent = new SilentHandler();
        var store = new AzureTableBreakerStateStore(new AzureStateTable(options, new HttpClientTransport(silent)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReadAsync(store).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(1, silent.Requests);
    }

    [Theory]
    [InlineData(412, "UpdateConditionNotSatisfied")]
    [InlineData(404, "ResourceNotFound")]
    [InlineData(404, "TableNotFound")]
    public async Task A_replacement_that_finds_another_tag_or_nothing_was_too_slow(int status, string code)
    {
        var table = new StubTable(() => Answer((HttpStatusCode)status, code));
        var writing = await Store(table).WriteAsync("orders", "{}"u8.ToArray(), Tag, CancellationToken.None);
        Assert.False(writing.IsWritten);
        Assert.Equal(Date, writing.Time);
        Assert.Equal([$"PUT {Entity} If-Match {Tag}"], table.Requests);
    }

    [Fact]
    public async Task A_creation_that_finds_something_was_too_slow()
    {
        var table = new StubTable(() => Answer(HttpStatusCode.Conflict, "EntityAlreadyExists"));
        var writing = await Store(table).WriteAsync("orders", "{}"u8.ToArray(), null, CancellationToken.None);
        Assert.False(writing.IsWritten);
        Assert.Equal(Date, writing.Time);
        Assert.Equal(["POST /functionsmonitor"], table.Requests);
    }

    [Fact]
    public async Task A_write_answers_with_the_tag_and_the_time_of_the_table()
    {
        foreach (var expected in new[] { null, Tag })
        {
            var writing = await Store(new StubTable(() => Written("W/\"datetime'x'\""))).WriteAsync("orders", "{}"u8.ToArray(), expected, CancellationToken.None);
            Assert.Equal("W/\"datetime'x'\"", writing.Tag);
            Assert.Equal(Date, writing.Time);
        }
    }

    [Fact]
    public async Task A_missing_table_is_made_once()
    {
        var table = new StubTable(
            () => Answer(HttpStatusCode.NotFound, "TableNotFound"), () => Answer(HttpStatusCode.Conflict, "TableAlreadyExists"), () => Written(Tag));
        Assert.True((await Store(table).WriteAsync("orders", "{}"u8.ToArray(), null, CancellationToken.None)).IsWritten);
        Assert.Equal(["POST /functionsmonitor", "POST /Tables", "POST /functionsmonitor"], table.Requests);
    }

    [Fact]
    public async Task A_table_that_stays_missing_is_an_exception()
    {
        var table = new StubTable(
            () => Answer(HttpStatusCode.NotFound, "TableNotFound"), () => Written(Tag), () => Answer(HttpStatusCode.NotFound, "TableNotFound"));
        await Assert.ThrowsAsync<RequestFailedException>(() => CreateAsync(Store(table)));
        Assert.Equal(3, table.Requests.Count);
    }

    [Fact]
    public async Task A_table_that_may_not_be_made_is_an_exception()
    {
        var table = new StubTable(() => Answer(HttpStatusCode.NotFound, "TableNotFound"), () => Answer(HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch"));
        Assert.Equal(403, (await Assert.ThrowsAsync<RequestFailedException>(() => CreateAsync(Store(table)))).Status);
    }

    [Fact]
    public async Task An_answer_without_a_date_or_a_tag_is_an_exception()
    {
        // To go by this machine's clock instead would mix two times in one record.
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(Store(new StubTable(() => Dateless(Answer(HttpStatusCode.NotFound, "ResourceNotFound"))))));
        await Assert.ThrowsAsync<InvalidDataException>(() => ReplaceAsync(Store(new StubTable(() => Dateless(Written(Tag))))));
        await Assert.ThrowsAsync<InvalidDataException>(() => ReplaceAsync(Store(new StubTable(() => Answer(HttpStatusCode.NoContent, body: "")))));
    }

    private static HttpResponseMessage Dateless(HttpResponseMessage answer)
    {
        answer.Headers.Date = null;
        return answer;
    }

    private static Task ReadAsync(AzureTableBreakerStateStore store) => store.ReadAsync("orders", CancellationToken.None).AsTask();

    private static Task CreateAsync(AzureTableBreakerStateStore store) => store.WriteAsync("orders", "{}"u8.ToArray(), null, CancellationToken.None).AsTask();

    private static Task ReplaceAsync(AzureTableBreakerStateStore store) => store.WriteAsync("orders", "{}"u8.ToArray(), Tag, CancellationToken.None).AsTask();

    private static async Task ListAsync(AzureTableBreakerStateStore store)
    {
        await foreach (var _ in store.ListAsync(CancellationToken.None))
            Assert.Fail("There is nothing.");
    }

    private static AzureTableBreakerStateStore Store(StubTable table) =>
        new(new AzureStateTable(Options(), new HttpClientTransport(table)));

    internal static AzureTableOptions Options() => new() { ConnectionString = Connection() };

    private static string Connection() =>
        $"DefaultEndpointsProtocol=http;AccountName=test;AccountKey={Convert.ToBase64String("not a key"u8)};TableEndpoint=http://127.0.0.1:1";

    private sealed class SilentHandler : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new InvalidOperationException("Nobody gets here.");
        }
    }
}
