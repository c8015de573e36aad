using FunctionsMonitor.Storage.Azure;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Tests.Storage.Azure;

/// <summary>What holds for every section that says where an account is.</summary>
/// <param name="validator">Of the options.</param>
/// <param name="section">Of the configuration.</param>
/// <param name="service">As in the account's addresses: <c>blob</c>, <c>table</c>.</param>
/// <param name="timeoutName">Of the setting.</param>
public abstract class AzureAccountOptionsContract<TOptions>(IValidateOptions<TOptions> validator, string section, string service, string timeoutName)
    where TOptions : AzureAccountOptions, new()
{
    protected Uri Account { get; } = new($"https://account.{service}.core.windows.net");

    [Fact]
    public void A_connection_string_or_an_endpoint_is_needed_and_not_both()
    {
        Assert.Null(Fault(new() { ConnectionString = TestAccount.Connection }));
        Assert.Null(Fault(new() { Endpoint = Account }));
        Assert.Null(Fault(new() { Endpoint = Account, ClientId = "b6f2…" }));
        Assert.Equal($"{section}:ConnectionString or Endpoint must be set, and not both.", Fault(new()));
        Assert.Equal($"{section}:ConnectionString or Endpoint must be set, and not both.", Fault(new() { ConnectionString = TestAccount.Connection, Endpoint = Account }));
        Assert.Equal($"{section}:ClientId needs Endpoint.", Fault(new() { ConnectionString = TestAccount.Connection, ClientId = "b6f2…" }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("account")]
    [InlineData("AccountName=a;AccountKey=secret!")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a")]
    public void A_wrong_connection_string_is_refused_without_being_repeated(string connection) =>
        Assert.Equal($"{section}:ConnectionString {AzureAccountFaults.NoConnection}.", Fault(new() { ConnectionString = connection }));

    [Fact]
    public void Without_encryption_nothing_leaves_this_machine()
    {
        var address = $";{service}Endpoint=http://";
        foreach (var local in new[] { "UseDevelopmentStorage=true", $"{TestAccount.Connection}{address}127.0.0.1:10000/a", $"{TestAccount.Connection}{address}localhost:1/a" })
            Assert.Null(Fault(new() { ConnectionString = local }));
        foreach (var open in new[] { TestAccount.Connection.Replace("https", "http", StringComparison.Ordinal), $"{TestAccount.Connection}{address}azurite:10000/a" })
            Assert.Equal($"{section}:ConnectionString must lead to an https address, or to this machine.", Fault(new() { ConnectionString = open }));
        foreach (var endpoint in new[] { $"http://{Account.Host}", Account.Host })
            Assert.Equal($"{section}:Endpoint must be an absolute https address.", Fault(new() { Endpoint = new Uri(endpoint, UriKind.RelativeOrAbsolute) }));
    }

    [Fact]
    public void The_timeout_is_from_100_milliseconds_to_a_minute()
    {
        Assert.Null(Fault(WithTimeout(TimeSpan.FromMilliseconds(100))));
        Assert.Null(Fault(WithTimeout(TimeSpan.FromMinutes(1))));
        Assert.Equal(
            $"{section}:{timeoutName} is 00:00:00.0999999; it must be from 00:00:00.1000000 to 00:01:00.",
            Fault(WithTimeout(TimeSpan.FromMilliseconds(100) - TimeSpan.FromTicks(1))));
        Assert.Equal(
            $"{section}:{timeoutName} is 00:01:00.0000001; it must be from 00:00:00.1000000 to 00:01:00.",
            Fault(WithTimeout(TimeSpan.FromMinutes(1) + TimeSpan.FromTicks(1))));
    }

    protected abstract TOptions WithTimeout(TimeSpan timeout);

    protected string? Fault(TOptions options) => validator.Validate(null, options).FailureMessage;
}
