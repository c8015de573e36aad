using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace FunctionsMonitor.Local.Startup;

/// <summary>Where this host really listens; known once it has started, with the port that it got when it asked for any.</summary>
internal sealed class OwnAddress(IServer server)
{
    /// <summary>The first address, as bound.</summary>
    public string AsBound => server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? ListenAddress.Default;

    /// <summary>An address that works on this machine, whatever interfaces the host is bound to.</summary>
    public Uri ForThisMachine
    {
        get
        {
            var address = BindingAddress.Parse(AsBound);
            var host = System.Net.IPAddress.TryParse(address.Host, out var ip) && !ip.Equals(System.Net.IPAddress.Any)
                && !ip.Equals(System.Net.IPAddress.IPv6Any) ? address.Host : "localhost";
            return new UriBuilder(address.Scheme, host, address.Port).Uri;
        }
    }
}
