using FunctionsMonitor.HostContract;

namespace FunctionsMonitor.Functions.Tests;

public sealed class FunctionsAppFixture : IAsyncLifetime
{
    private FunctionsApp? app;

    public HostTarget Target { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        app = await FunctionsApp.StartAsync();
        Target = HostTarget.Own(app.Address, HostKind.Functions);
    }

    public async ValueTask DisposeAsync()
    {
        if (Target is not null)
            await Target.DisposeAsync();
        if (app is not null)
            await app.DisposeAsync();
    }
}
