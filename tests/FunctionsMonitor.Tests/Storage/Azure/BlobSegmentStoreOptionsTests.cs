using FunctionsMonitor.Storage.Azure;

namespace FunctionsMonitor.Tests.Storage.Azure;

public sealed class BlobSegmentStoreOptionsTests
{
    private static readonly string Connection = $"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={Convert.ToBase64String("not a key"u8)};EndpointSuffix=core.windows.net";
    private static readonly Uri Account = new("https://account.blob.core.windows.net");

    [Fact]
    public void A_connection_string_or_an_endpoint_is_needed_and_not_both()
    {
        Assert.Null(Fault(new() { ConnectionString = Connection }));
        Assert.Null(Fault(new() { Endpoint = Account, ClientId = "b6f2…" }));
        Assert.Equal("SegmentContainer:ConnectionString or Endpoint must be set, and not both.", Fault(new()));
        Assert.Equal("SegmentContainer:ConnectionString or Endpoint must be set, and not both.", Fault(new() { ConnectionString = Connection, Endpoint = Account }));
        Assert.Equal("SegmentContainer:ClientId needs Endpoint.", Fault(new() { ConnectionString = Connection, ClientId = "b6f2…" }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("account")]
    [InlineData("AccountName=a;AccountKey=secret!")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a")]
    public void A_wrong_connection_string_is_refused_without_being_repeated(string connection) =>
        Assert.Equal($"SegmentContainer:ConnectionString {AzureAccountFaults.NoConnection}.", Fault(new() { ConnectionString = connection }));

    [Fact]
    public void Without_encryption_nothing_leaves_this_machine()
    {
        foreach (var local in new[] { "UseDevelopmentStorage=true", Connection + ";BlobEndpoint=http://127.0.0.1:10000/a", Connection + ";BlobEndpoint=http://localhost:1/a" })
            Assert.Null(Fault(new() { ConnectionString = local }));
        foreach (var open in new[] { Connection.Replace("https", "http", StringComparison.Ordinal), Connection + ";BlobEndpoint=http://azurite:10000/a" })
            Assert.Equal("SegmentContainer:ConnectionString must lead to an https address, or to this machine.", Fault(new() { ConnectionString = open }));
        foreach (var endpoint in new[] { "http://account.blob.core.windows.net", "account.blob.core.windows.net" })
            Assert.Equal("SegmentContainer:Endpoint must be an absolute https address.", Fault(new() { Endpoint = new Uri(endpoint, UriKind.RelativeOrAbsolute) }));
    }

    [Fact]
    public void A_container_name_is_what_the_service_takes()
    {
        foreach (var name in new[] { BlobSegmentStoreOptions.DefaultContainerName, "abc", "1-2", new string('x', 63) })
            Assert.Null(Fault(new() { Endpoint = Account, ContainerName = name }));
        foreach (var name in new[] { null!, "", "ab", "Abc", "-bc", "ab-", "a--b", "a_b", "äbc", "$logs", new string('x', 64) })
        {
            Assert.Equal(
                "SegmentContainer:ContainerName must be 3 to 63 lower-case letters, digits and single hyphens between them.",
                Fault(new() { Endpoint = Account, ContainerName = name }));
        }
    }

    [Fact]
    public void The_timeout_is_from_100_milliseconds_to_a_minute()
    {
        Assert.Null(Fault(new() { Endpoint = Account, Timeout = TimeSpan.FromMilliseconds(100) }));
        Assert.Null(Fault(new() { Endpoint = Account, Timeout = TimeSpan.FromMinutes(1) }));
        Assert.Equal(
            "SegmentContainer:Timeout is 00:00:00.0999999; it must be from 00:00:00.1000000 to 00:01:00.",
            Fault(new() { Endpoint = Account, Timeout = TimeSpan.FromMilliseconds(100) - TimeSpan.FromTicks(1) }));
        Assert.Equal(
            "SegmentContainer:Timeout is 00:01:00.0000001; it must be from 00:00:00.1000000 to 00:01:00.",
            Fault(new() { Endpoint = Account, Timeout = TimeSpan.FromMinutes(1) + TimeSpan.FromTicks(1) }));
    }

    private static string? Fault(BlobSegmentStoreOptions options) => new BlobSegmentStoreOptionsValidator().Validate(null, options).FailureMessage;
}
