namespace FunctionsMonitor;

/// <summary>This process: the host it runs on and the one life it has.</summary>
/// <param name="Name">Stable per host: <c>WEBSITE_INSTANCE_ID</c> on Azure, else the machine's name.</param>
/// <param name="Incarnation">New with every start.</param>
/// <param name="StartedAt">When.</param>
public sealed record MonitorInstance(string Name, Guid Incarnation, DateTimeOffset StartedAt)
{
    public static MonitorInstance Start(TimeProvider time) => new(
        Environment.GetEnvironmentVariable("WEBSITE_INSTANCE_ID") is { Length: > 0 } id ? id : Environment.MachineName,
        Guid.NewGuid(),
        time.GetUtcNow());
}
