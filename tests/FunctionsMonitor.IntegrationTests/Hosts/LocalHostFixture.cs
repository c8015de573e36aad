using FunctionsMonitor.HostContract;

namespace FunctionsMonitor.IntegrationTests.Hosts;

/// <summary>The local host as a process of its own, on an empty folder.</summary>
public abstract class LocalHostFixture : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private LocalHostProcess? process;

    public HostTarget Target { get; private set; } = null!;

    /// <summary>Those that it asks for; null for none.</summary>
    protected virtual HostKeys? Keys => null;

    public async ValueTask InitializeAsync() => Target = await FindAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Target is not null)
            await Target.DisposeAsync();
        if (process is not null)
            await process.DisposeAsync();
        folder.Dispose();
    }

    protected virtual async Task<HostTarget> FindAsync()
    {
        process = await LocalHostProcess.StartAsync(new()
        {
            Folder = folder.Path,
            Key = Keys?.Read,
            Environment = Keys is null
                ? new Dictionary<string, string>()
                : new Dictionary<string, string> { ["Keys__Ingest"] = Keys.Ingest, ["Keys__Read"] = Keys.Read, ["Keys__Operate"] = Keys.Operate },
        });
        return HostTarget.Own(process.Address, HostKind.Local, Keys);
    }
}
