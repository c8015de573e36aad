using FunctionsMonitor.Local.Flushing;

namespace FunctionsMonitor.Tests.Local;

public sealed class FlushTimerOptionsTests
{
    [Theory]
    [InlineData("00:00:00.1")]
    [InlineData("00:00:01")]
    [InlineData("00:01:00")]
    public void An_interval_within_the_bounds_is_accepted(string interval) => Assert.Null(Validate(interval));

    [Theory]
    [InlineData("00:00:00.0990000")]
    [InlineData("00:01:00.0010000")]
    public void An_interval_beyond_them_is_refused(string interval) => Assert.Equal(
        $"FlushTimer:TickInterval is {interval}; it must be from 00:00:00.1000000 to 00:01:00.", Validate(interval));

    [Fact]
    public void The_default_is_a_second() => Assert.Equal(TimeSpan.FromSeconds(1), new FlushTimerOptions().TickInterval);

    private static string? Validate(string interval) => new FlushTimerOptionsValidator().Validate(
        null, new() { TickInterval = TimeSpan.Parse(interval, System.Globalization.CultureInfo.InvariantCulture) }).FailureMessage;
}
