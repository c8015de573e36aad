using FunctionsMonitor.HostContract;

namespace FunctionsMonitor.IntegrationTests.Hosts;

/// <summary>The local host, or whatever host the tests are pointed at.</summary>
public sealed class HostTests(HostFixture host) : IClassFixture<HostFixture>
{
    public static TheoryData<string> Rows => HostTable.NamesFor(new(HostKind.Local, Keys: null, IsOwn: HostTarget.AddressGiven is null));

    [Theory]
    [MemberData(nameof(Rows))]
    public Task It_answers_as_the_table_says(string row) => HostRun.ExecuteAsync(host.Target, row);
}
