using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Local.Startup;
using Microsoft.Extensions.Configuration;

namespace FunctionsMonitor.Tests.Local;

public sealed class StartGuardTests
{
    [Theory]
    [InlineData("Ingest:MaxEvents", "many", "a whole number that is not too large")]
    [InlineData("Ingest:MaxEvents", "99999999999", "a whole number that is not too large")]
    [InlineData("Ingest:MaxClockLead", "a 'day' or so", "a duration like 00:05:00 or 1.00:00:00")]
    public void A_value_that_cannot_be_read_is_told_by_its_setting_and_without_a_word_about_the_insides(string setting, string value, string expected)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [setting] = value }).Build();
        var failure = Assert.Throws<InvalidOperationException>(() => configuration.GetSection(IngestOptions.Section).Get<IngestOptions>());
        Assert.Equal($"{setting} is '{value}'; it must be {expected}.", StartGuard.Explain(failure, null));
    }

    [Fact]
    public void Numbers_of_any_size_are_whole_numbers()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Retention:MaxDeadLetters"] = "1.5" }).Build();
        var failure = Assert.Throws<InvalidOperationException>(() => configuration.GetSection(RetentionOptions.Section).Get<RetentionOptions>());
        Assert.Equal("Retention:MaxDeadLetters is '1.5'; it must be a whole number that is not too large.", StartGuard.Explain(failure, null));
    }

    [Fact]
    public void What_nobody_foresaw_is_not_explained() => Assert.Null(StartGuard.Explain(new InvalidOperationException("something else"), null));
}
