using FunctionsMonitor.HostContract;

namespace FunctionsMonitor.IntegrationTests.Hosts;

/// <summary>
/// The host that <see cref="HostTarget.AddressVariable"/> names, with the keys of <see cref="HostTarget.KeyVariable"/>; without it the local host, without keys.
/// </summary>
public sealed class HostFixture : LocalHostFixture
{
    protected override Task<HostTarget> FindAsync() => HostTarget.AddressGiven is { } address ? HostTarget.OfAsync(address) : base.FindAsync();
}
