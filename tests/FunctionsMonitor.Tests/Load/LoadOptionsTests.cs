using FunctionsMonitor.LoadTest;

namespace FunctionsMonitor.Tests.Load;

public sealed class LoadOptionsTests
{
    [Fact]
    public void Arguments_come_in_pairs()
    {
        var options = LoadOptions.Parse(["--seconds", "7", "--connections", "1,64", "--store", "postgres", "--rate", "20"]);

        Assert.Equal((TimeSpan.FromSeconds(7), true, 20), (options.Duration, options.OverPostgres, options.Rate));
        Assert.Equal([1, 64], options.Connections);
    }

    [Theory]
    [InlineData("'--rate' has no value.", "--rate")]
    [InlineData("'--speed' is not known.", "--speed", "1")]
    [InlineData("'0' is no whole number above 0.", "--seconds", "0")]
    [InlineData("'oracle' is neither sqlite nor postgres.", "--store", "oracle")]
    public void What_is_not_known_is_named(string message, params string[] arguments)
    {
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => LoadOptions.Parse(arguments)).Message);
    }
}
