using FunctionsMonitor.HostContract;

namespace FunctionsMonitor.IntegrationTests.Hosts;

/// <summary>The local host where it asks for keys. A host that the tests are pointed at is asked once, by <see cref="HostTests"/>.</summary>
public sealed class KeyedHostTests(KeyedHostFixture host) : IClassFixture<KeyedHostFixture>
{
    public static TheoryData<string> Rows => HostTable.NamesFor(new(HostKind.Local, KeyedHostFixture.Three, IsOwn: true));

    [Theory]
    [MemberData(nameof(Rows))]
    public Task It_answers_as_the_table_says_with_keys(string row) => HostRun.ExecuteAsync(host.Target, row);
}
