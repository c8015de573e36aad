using FunctionsMonitor.HostContract;

namespace FunctionsMonitor.IntegrationTests.Hosts;

/// <summary>The local host with keys, whatever the tests are pointed at.</summary>
public sealed class KeyedHostFixture : LocalHostFixture
{
    public static HostKeys Three { get; } = new("ingest-key-0123456789", "read-key-0123456789", "operate-key-0123456789");

    protected override HostKeys Keys => Three;
}
