using FunctionsMonitor.Local.Startup;

namespace FunctionsMonitor.Tests.Local;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("http://localhost:7071", "http://localhost:7071", true)]
    [InlineData("HTTP://LocalHost:1", "http://LocalHost:1", true)]
    [InlineData("http://localhost:0", "http://127.0.0.1:0", true)]
    [InlineData("http://localhost", "http://localhost:80", true)]
    [InlineData("http://127.0.0.1:65535", "http://127.0.0.1:65535", true)]
    [InlineData("http://[::1]:0", "http://[::1]:0", true)]
    [InlineData("http://0.0.0.0:7071", "http://0.0.0.0:7071", false)]
    [InlineData("http://[::]:7071", "http://[::]:7071", false)]
    [InlineData("http://*:7071", "http://*:7071", false)]
    [InlineData("http://+:7071", "http://+:7071", false)]
    [InlineData("http://192.168.1.7:7071", "http://192.168.1.7:7071", false)]
    [InlineData("http://localhost.example:7071", "http://localhost.example:7071", false)]
    public void An_address_is_loopback_or_not(string url, string expected, bool isLoopback) =>
        Assert.Equal([new ListenAddress(expected, isLoopback)], ListenAddress.ParseAll(url, "ASPNETCORE_URLS"));

    [Fact]
    public void There_may_be_several() =>
        Assert.Equal([true, false], ListenAddress.ParseAll("http://localhost:1; http://*:2;", "--urls").Select(address => address.IsLoopback));

    [Theory]
    [InlineData("", "--urls is empty; it must be a URL such as http://localhost:7071.")]
    [InlineData("localhost:7071", "--urls has 'localhost:7071': it must be a URL such as http://localhost:7071.")]
    [InlineData("ftp://localhost:7071", "--urls has 'ftp://localhost:7071': it must begin with http://.")]
    [InlineData("https://localhost:7071", "--urls has 'https://localhost:7071': the local host speaks http only; put a proxy that does TLS in front of it.")]
    [InlineData("http://localhost:65536", "--urls has 'http://localhost:65536': the port must be from 0 to 65535.")]
    [InlineData("http://localhost:7071/monitor", "--urls has 'http://localhost:7071/monitor': it must not have a path.")]
    [InlineData("http://unix:/tmp/socket", "--urls has 'http://unix:/tmp/socket': sockets and pipes are not supported.")]
    public void What_cannot_be_listened_on_is_said(string url, string message) =>
        Assert.Equal(message, Assert.Throws<StartException>(() => ListenAddress.ParseAll(url, "--urls")).Message);
}
