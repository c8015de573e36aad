using FunctionsMonitor.Storage.Azure;

namespace FunctionsMonitor.Tests.Storage.Azure;

public sealed class AzureTableOptionsTests
{
    private static readonly string Connection = $"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={Convert.ToBase64String("not a key"u8)};EndpointSuffix=core.windows.net";
    private static readonly Uri Account = new("https://account.table.core.windows.net");

    [Fact]
    public void A_connection_string_or_an_endpoint_is_needed_and_not_both()
    {
        Assert.Null(Fault(new() { ConnectionString = Connection }));
        Assert.Null(Fault(new() { Endpoint = Account }));
        Assert.Null(Fault(new() { Endpoint = Account, ClientId = "b6f2…" }));
        Assert.Equal("StateTable:ConnectionString or Endpoint must be set, and not both.", Fault(new()));
        Assert.Equal("StateTable:ConnectionString or Endpoint must be set, and not both.", Fault(new() { ConnectionString = Connection, Endpoint = Account }));
        Assert.Equal("StateTable:ClientId needs Endpoint.", Fault(new() { ConnectionString = Connection, ClientId = "b6f2…" }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("account")]
    [InlineData("AccountName=a;AccountKey=secret!")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a")]
    public void A_wrong_connection_string_is_refused_without_being_repeated(string connection) =>
        Assert.Equal($"StateTable:ConnectionString {AzureAccountFaults.NoConnection}.", Fault(new() { ConnectionString = connection }));

    [Theory]
    [InlineData("http://account.table.core.windows.net")]
    [InlineData("account.table.core.windows.net")]
    public void A_token_is_sent_over_https_only(string endpoint) =>
        Assert.Equal("StateTable:Endpoint must be an absolute https address.", Fault(new() { Endpoint = new Uri(endpoint, UriKind.RelativeOrAbsolute) }));

    [Fact]
    public void Without_encryption_a_connection_string_leads_to_this_machine_only()
    {
        Assert.Null(Fault(new() { ConnectionString = "UseDevelopmentStorage=true" }));
        Assert.Equal(
            "StateTable:ConnectionString must lead to an https address, or to this machine.",
            Fault(new() { ConnectionString = Connection.Replace("https", "http", StringComparison.Ordinal) }));
    }

    [Fact]
    public void A_table_name_is_3_to_63_letters_and_digits_that_begin_with_a_letter()
    {
        foreach (var name in new[] { AzureTableOptions.DefaultTableName, "abc", "A12", new string('x', 63) })
            Assert.Null(Fault(new() { Endpoint = Account, TableName = name }));
        foreach (var name in new[] { null!, "", "ab", "1ab", "a-b", "a_b", "äbc", "tables", "Tables", new string('x', 64) })
        {
            Assert.Equal(
                "StateTable:TableName must be 3 to 63 letters and digits that begin with a letter, and not 'tables'.",
                Fault(new() { Endpoint = Account, TableName = name }));
        }
    }

    [Fact]
    public void The_network_timeout_is_from_100_milliseconds_to_a_minute()
    {
        Assert.Null(Fault(Timeout(TimeSpan.FromMilliseconds(100))));
        Assert.Null(Fault(Timeout(TimeSpan.FromMinutes(1))));
        Assert.Equal(
            "StateTable:NetworkTimeout is 00:00:00.0999999; it must be from 00:00:00.1000000 to 00:01:00.",
            Fault(Timeout(TimeSpan.FromMilliseconds(100) - TimeSpan.FromTicks(1))));
        Assert.Equal(
            "StateTable:NetworkTimeout is 00:01:00.0000001; it must be from 00:00:00.1000000 to 00:01:00.",
            Fault(Timeout(TimeSpan.FromMinutes(1) + TimeSpan.FromTicks(1))));
    }

    private static AzureTableOptions Timeout(TimeSpan timeout) => new() { Endpoint = Account, NetworkTimeout = timeout };

    private static string? Fault(AzureTableOptions options) => new AzureTableOptionsValidator().Validate(null, options).FailureMessage;
}
