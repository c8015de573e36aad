using FunctionsMonitor.Http.Endpoints;

namespace FunctionsMonitor.HostContract;

/// <summary>What a host that asks for keys is shown.</summary>
public sealed record HostKeys(string Ingest, string Read, string Operate)
{
    /// <summary>One key opens everything, as a key of the whole Functions host does; else each opens its own.</summary>
    public bool AreOne => Ingest == Operate;

    /// <param name="text">One key, or the three named ones, <c>ingest read operate</c>, separated by blanks, which no key has in it.</param>
    public static HostKeys Parse(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
    {
        [var one] => new(one, one, one),
        [var ingest, var read, var operate] => new(ingest, read, operate),
        _ => throw new FormatException($"{HostTarget.KeyVariable} must have one key, or those for ingest, read and operate, separated by blanks."),
    };

    /// <returns>Null where none is needed.</returns>
    public string? For(EndpointAccess access) => access switch
    {
        EndpointAccess.Ingest => Ingest,
        EndpointAccess.Read => Read,
        EndpointAccess.Operate => Operate,
        _ => null,
    };
}
