using System.Net;

namespace FunctionsMonitor.Local.Access;

/// <summary>Tells whether a host is this machine talking to itself.</summary>
internal static class Loopback
{
    /// <param name="host">A name or an address, without the port; IPv6 with or without brackets.</param>
    /// <remarks>
    /// No name but <c>localhost</c> counts: any other may be made to point to 127.0.0.1 by whoever owns it, and Kestrel takes any other as
    /// "all interfaces".
    /// </remarks>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
