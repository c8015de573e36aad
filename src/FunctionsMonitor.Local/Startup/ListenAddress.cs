using System.Globalization;
using System.Net;
using FunctionsMonitor.Local.Access;

namespace FunctionsMonitor.Local.Startup;

/// <summary>One address to listen on.</summary>
/// <param name="Url">As Kestrel takes it.</param>
/// <param name="IsLoopback">Only this machine can reach it.</param>
internal sealed record ListenAddress(string Url, bool IsLoopback)
{
    public const string Default = "http://localhost:7071";

    /// <param name="urls">One or more URLs, separated by semicolons.</param>
    /// <param name="setting">Where they come from, for the message.</param>
    /// <exception cref="StartException">One of them is not an address this host can listen on.</exception>
    public static IReadOnlyList<ListenAddress> ParseAll(string urls, string setting)
    {
        var parts = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.Length == 0
            ? throw new StartException($"{setting} is empty; it must be a URL such as {Default}.")
            : [.. parts.Select(part => Parse(part, setting))];
    }

    private static ListenAddress Parse(string url, string setting)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            throw Wrong($"it must be a URL such as {Default}");
        }

        if (address.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase))
            throw Wrong("the local host speaks http only; put a proxy that does TLS in front of it");
        if (!address.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase))
            throw Wrong("it must begin with http://");
        if (address.IsUnixPipe || address.IsNamedPipe)
            throw Wrong("sockets and pipes are not supported");
        if (address.PathBase.Length > 0)
            throw Wrong("it must not have a path");
        if (address.Port is < 0 or > IPEndPoint.MaxPort)
            throw Wrong($"the port must be from 0 to {IPEndPoint.MaxPort}");

        // Kestrel refuses a free port for the name, because it could not be the same one for IPv4 and IPv6.
        var isName = address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase);
        var host = isName && address.Port == 0 ? IPAddress.Loopback.ToString() : address.Host;
        return new(string.Create(CultureInfo.InvariantCulture, $"http://{host}:{address.Port}"), Loopback.IsLoopback(address.Host));

        StartException Wrong(string why) => new($"{setting} has '{url}': {why}.");
    }
}
