using System.Net;
using System.Net.Sockets;

namespace FunctionsMonitor.TestSupport.Network;

/// <summary>For what takes no "any free port", or has to have the same one in several lives.</summary>
public static class FreePort
{
    /// <summary>A port of 127.0.0.1 that is free now: somebody else may be faster.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
