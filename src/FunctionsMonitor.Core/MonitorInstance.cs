namespace FunctionsMonitor;

/// <summary>This process: the host it runs on and the one life it has.</summary>
/// <param name="Name">Stable per host: <c>WEBSITE_INSTANCE_ID</c> on Azure, else the machine's name.</param>
/// <param name="Incarnation">New with every start.</param>
/// <param name="StartedAt">When.</param>
public sealed record MonitorInstance(string Name, Guid Incarnation, DateTimeOffset StartedAt)
{
    /// <summary>See <see cref="Name"/>.</summary>
    public static string HostName { get; } =
        Environment.GetEnvironmentVariable("WEBSITE_INSTANCE_ID") is { Length: > 0 } id ? id : Environment.MachineName;

    public static MonitorInstance Start(TimeProvider time) => new(HostName, Guid.NewGuid(), time.GetUtcNow());
}
