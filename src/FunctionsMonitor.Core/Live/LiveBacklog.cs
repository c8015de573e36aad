namespace FunctionsMonitor.Live;

/// <summary>What one who comes back has missed, as far as it can be told.</summary>
/// <param name="Events">Oldest first.</param>
/// <param name="Complete">False when some of it is surely not here: there was more, the store did not answer, or the place was none of ours.</param>
public sealed record LiveBacklog(IReadOnlyList<LiveEvent> Events, bool Complete);
