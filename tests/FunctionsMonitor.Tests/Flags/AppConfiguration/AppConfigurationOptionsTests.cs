using FunctionsMonitor.Flags.AppConfiguration;

namespace FunctionsMonitor.Tests.Flags.AppConfiguration;

public sealed class AppConfigurationOptionsTests
{
    private const string Secret = "c2VjcmV0";

    [Theory]
    [InlineData("Endpoint=https://flags.azconfig.io;Id=id;Secret=c2VjcmV0", true)]
    [InlineData("Secret=c2VjcmV0;Id=id;Endpoint=https://flags.azconfig.io;", true)]
    [InlineData("Endpoint=http://127.0.0.1:8483;Id=id;Secret=c2VjcmV0", true)]
    [InlineData("Endpoint=http://flags.azconfig.io;Id=id;Secret=c2VjcmV0", false)]
    [InlineData("Endpoint=flags;Id=id;Secret=c2VjcmV0", false)]
    [InlineData("Endpoint=https://flags.azconfig.io;Id=id", false)]
    [InlineData("Endpoint=https://flags.azconfig.io;Id=;Secret=c2VjcmV0", false)]
    [InlineData("Endpoint=https://flags.azconfig.io;Id=id;Secret=not base 64", false)]
    [InlineData("Endpoint=https://flags.azconfig.io;Id=id;Secret=c2VjcmV0;More=1", false)]
    [InlineData("", false)]
    public void A_connection_string_has_its_three_members(string text, bool valid)
    {
        var message = MessageOf(new() { ConnectionString = text });
        Assert.Equal(valid, message is null);
        if (!valid)
        {
            Assert.StartsWith("AppConfiguration:ConnectionString is not an App Configuration store's connection string", message, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void One_way_in_is_needed_and_not_both()
    {
        var endpoint = new Uri("https://flags.azconfig.io");
        const string fault = "AppConfiguration:ConnectionString or Endpoint must be set, and not both.";
        Assert.Equal(fault, MessageOf(new()));
        Assert.Equal(fault, MessageOf(new() { ConnectionString = FlagInstance.ConnectionString, Endpoint = endpoint }));
        Assert.Null(MessageOf(new() { Endpoint = endpoint, ClientId = "id" }));
        Assert.Equal("AppConfiguration:ClientId needs Endpoint.", MessageOf(new() { ConnectionString = FlagInstance.ConnectionString, ClientId = "id" }));
        Assert.Equal("AppConfiguration:Endpoint must be an absolute https address.", MessageOf(new() { Endpoint = new Uri("http://flags.azconfig.io") }));
    }

    [Theory]
    [InlineData("x", true)]
    [InlineData("", false)]
    [InlineData("prod*", false)]
    [InlineData("a,b", false)]
    [InlineData("a\\b", false)]
    [InlineData("\0", false)]
    public void A_label_is_one_label_and_no_filter(string label, bool valid) => Assert.Equal(
        valid ? null : "AppConfiguration:Label must be 1 to 256 characters without control characters, *, comma or backslash.", MessageOf(Valid(label: label)));

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    [InlineData(0, false)]
    public void Names_have_a_length(int length, bool valid)
    {
        Assert.Equal(valid, MessageOf(Valid(label: new string('x', length))) is null);
        var options = Valid();
        options.TargetingUser = new string('x', length);
        Assert.Equal(valid ? null : "AppConfiguration:TargetingUser must be 1 to 256 characters without control characters.", MessageOf(options));
    }

    [Fact]
    public void Times_have_bounds()
    {
        foreach (var (span, valid) in new[] { (TimeSpan.FromMilliseconds(100), true), (TimeSpan.FromMilliseconds(99), false), (TimeSpan.FromMinutes(1), true), (TimeSpan.FromSeconds(61), false) })
            Assert.Equal(valid, MessageOf(Valid(timeout: span)) is null);
        foreach (var (span, valid) in new[] { (TimeSpan.Zero, true), (TimeSpan.FromTicks(-1), false), (TimeSpan.FromMinutes(1), true), (TimeSpan.FromSeconds(61), false) })
            Assert.Equal(valid, MessageOf(Valid(maxWait: span)) is null);
        Assert.Equal("AppConfiguration:MaxWait is 00:01:01; it must be from 00:00:00 to 00:01:00.", MessageOf(Valid(maxWait: TimeSpan.FromSeconds(61))));
    }

    private static AppConfigurationOptions Valid(string? label = null, TimeSpan? timeout = null, TimeSpan? maxWait = null)
    {
        var options = new AppConfigurationOptions { ConnectionString = FlagInstance.ConnectionString, Label = label };
        options.Timeout = timeout ?? options.Timeout;
        options.MaxWait = maxWait ?? options.MaxWait;
        return options;
    }

    private static string? MessageOf(AppConfigurationOptions options) => new AppConfigurationOptionsValidator().Validate(null, options).FailureMessage;
}
