namespace FunctionsMonitor.HostContract;

/// <summary>What tells which rows a host can be held against.</summary>
/// <param name="Kind">Who routes there, and checks keys.</param>
/// <param name="Keys">Null where no key is checked.</param>
/// <param name="IsOwn">The tests started it, on a folder of its own and with default settings: whatever is done to it harms nobody.</param>
public sealed record HostFacts(HostKind Kind, HostKeys? Keys, bool IsOwn);
