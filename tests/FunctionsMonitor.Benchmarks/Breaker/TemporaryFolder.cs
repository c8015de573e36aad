namespace FunctionsMonitor.Benchmarks.Breaker;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("functionsmonitor-benchmark-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
