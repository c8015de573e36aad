namespace FunctionsMonitor.IntegrationTests.Breakers;

/// <summary>Two processes that share a folder.</summary>
public sealed class TwoProcessesFileTests : TwoProcessesContract, IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Store => folder["breakers"];

    public void Dispose() => folder.Dispose();

    protected override Task<(string Kind, string Where)> StoreAsync() => Task.FromResult(("file", Store));

    protected override Task StopStoreAsync()
    {
        // A file where the folder was: permissions would mean nothing to root.
        Directory.CreateDirectory(Store);
        Directory.Move(Store, folder["away"]);
        return File.WriteAllTextAsync(Store, "", TestContext.Current.CancellationToken);
    }

    protected override Task ResumeStoreAsync()
    {
        File.Delete(Store);
        Directory.Move(folder["away"], Store);
        return Task.CompletedTask;
    }
}
