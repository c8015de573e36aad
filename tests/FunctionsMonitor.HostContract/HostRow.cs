namespace FunctionsMonitor.HostContract;

/// <summary>One row of <see cref="HostTable"/>: requests, one after the other.</summary>
public sealed record HostRow(string Name, IReadOnlyList<HostStep> Steps)
{
    private IReadOnlyList<Func<HostFacts, string?>> Obstacles { get; init; } = [];

    /// <summary>Flags that must have a value, in JSON. A host of the tests has the defaults, which these are.</summary>
    public IReadOnlyList<(string Name, string Value)> Flags { get; private init; } = [];

    /// <summary>After the steps, what a list of requests cannot say.</summary>
    public Func<HostRun, Task>? Act { get; private init; }

    /// <summary>The answers that <see cref="Act"/> sees: name of the endpoint and status.</summary>
    public IReadOnlyList<(string Endpoint, int Status)> ActSees { get; private init; } = [];

    /// <summary>The whole row is tried again when it fails: between its steps others may change what they look at.</summary>
    public bool IsPatient { get; private init; }

    public HostRow Then(Func<HostRun, Task> act, params (string Endpoint, int Status)[] sees) => this with { Act = act, ActSees = sees };

    /// <summary>Done at the end, however it went: it undoes what the row did.</summary>
    public HostStep? Undo { get; private init; }

    public HostRow Undone(HostStep undo) => this with { Undo = undo };

    public HostRow Patient() => this with { IsPatient = true };

    /// <summary>Only the local host answers this itself.</summary>
    public HostRow OnlyLocal(string reason) => Unless(host => host.Kind == HostKind.Local ? null : reason);

    /// <summary>Only of a host that the tests have started.</summary>
    public HostRow OnlyOwn(string reason) => Unless(host => host.IsOwn ? null : reason);

    public HostRow OnlyWithKeys() => Unless(host => host.Keys is not null ? null : "No keys are checked here.");

    public HostRow OnlyWithThreeKeys() => Unless(host => host.Keys is { AreOne: false } ? null : "There are no three keys here.");

    public HostRow OnlyWithoutKeys() => Unless(host => host.Keys is null ? null : "Keys are checked here.");

    public HostRow OnlyWhen(string flag, string value) => this with { Flags = [.. Flags, (flag, value)] };

    /// <returns>Why it cannot be held against this host; null when it can.</returns>
    public string? ObstacleAt(HostFacts host) => Obstacles.Select(obstacle => obstacle(host)).FirstOrDefault(reason => reason is not null);

    private HostRow Unless(Func<HostFacts, string?> obstacle) => this with { Obstacles = [.. Obstacles, obstacle] };
}
