using FunctionsMonitor.HostContract;

namespace FunctionsMonitor.Functions.Tests;

/// <summary>The functions against the table that the local host is held against.</summary>
public sealed class HostTests(FunctionsAppFixture app) : IClassFixture<FunctionsAppFixture>
{
    public static TheoryData<string> Rows => HostTable.NamesFor(new(HostKind.Functions, Keys: null, IsOwn: true));

    [Theory]
    [MemberData(nameof(Rows))]
    public Task They_answer_as_the_table_says(string row) => HostRun.ExecuteAsync(app.Target, row);
}
