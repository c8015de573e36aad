namespace FunctionsMonitor.TestSupport.Azurite;

/// <summary>
/// One Azurite for a whole test assembly, started by the first test that asks for it:
/// <c>[assembly: AssemblyFixture(typeof(AzuriteFixture))]</c>, then a constructor parameter. <c>FUNCTIONSMONITOR_TEST_AZURITE</c>, a connection
/// string, names one that runs already.
/// </summary>
public sealed class AzuriteFixture : IAsyncDisposable
{
    private readonly Lazy<Task<AzuriteServer>> server = new(AzuriteServer.StartAsync);

    /// <summary>For the client libraries. Tests share the account: names in it must be their own.</summary>
    public async Task<string> ConnectionStringAsync() =>
        Environment.GetEnvironmentVariable("FUNCTIONSMONITOR_TEST_AZURITE") is { Length: > 0 } named ? named : (await server.Value).ConnectionString;

    public async ValueTask DisposeAsync()
    {
        if (server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await (await server.Value).DisposeAsync();
    }
}
